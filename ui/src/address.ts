// What is looked at stands in the address, after the '#': a link to it can be sent, and "back" works.
import { useEffect, useState } from 'preact/hooks';

export type Address = Record<string, string>;

function read(): Address {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}

export function link(address: Address): string {
  const kept = Object.entries(address).filter(([, value]) => value !== '');
  return `#${new URLSearchParams(kept).toString()}`;
}

// `replace` for what changes with each key stroke.
export function go(address: Address, how: 'push' | 'replace' = 'push'): void {
  const url = link(address);
  if (how === 'push') history.pushState(null, '', url);
  else history.replaceState(null, '', url);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useAddress(): [Address, (change: Address, how?: 'push' | 'replace') => void] {
  const [address, set] = useState(read);
  useEffect(() => {
    const changed = () => set(read());
    addEventListener('hashchange', changed);
    addEventListener('popstate', changed);
    return () => {
      removeEventListener('hashchange', changed);
      removeEventListener('popstate', changed);
    };
  }, []);
  return [address, (change, how) => go({ ...read(), ...change }, how)];
}
