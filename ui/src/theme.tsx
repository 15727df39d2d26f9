// Light, dark or as the system has it. What is drawn on a canvas does not follow the style sheet by itself: useTheme()
// changes whenever colours do.
import { useEffect, useState } from 'preact/hooks';

const k_changed = 'sluice-theme';

export function useTheme(): number {
  const [version, set] = useState(0);
  useEffect(() => {
    const changed = () => set((now) => now + 1);
    const media = matchMedia('(prefers-color-scheme: dark)');
    addEventListener(k_changed, changed);
    media.addEventListener('change', changed);
    return () => {
      removeEventListener(k_changed, changed);
      media.removeEventListener('change', changed);
    };
  }, []);
  return version;
}

export function Theme() {
  const [theme, set] = useState('');
  const next = { '': 'dark', dark: 'light', light: '' }[theme] ?? '';
  const change = () => {
    if (next === '') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    set(next);
    dispatchEvent(new Event(k_changed));
  };
  return <button type="button" onClick={change}>Theme: {theme === '' ? 'as the system' : theme}</button>;
}
