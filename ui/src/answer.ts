// A question to the server of `sluice ui`: its answer, why there is none, or undefined while it is on its way.
import { useEffect, useState } from 'preact/hooks';

export function useAnswer<T>(question: string): T | string | undefined {
  const [answer, set] = useState<T | string>();
  useEffect(() => {
    let wanted = true;
    set(undefined);
    fetch(`api/${question}`)
      .then((response) => (response.ok ? response.json() : Promise.reject(new Error(`${response.status}`))))
      .then((value: T) => wanted && set(value))
      .catch((error: Error) => wanted && set(`The server does not answer: ${error.message}`));
    return () => { wanted = false; };
  }, [question]);
  return answer;
}
