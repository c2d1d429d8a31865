// Sets theme and language before the first paint. A file of its own, so that the page needs no inline script.
(() => {
  /** @param {string} key */
  const read = (key) => {
    try {
      return localStorage.getItem(`vaquita.${key}`);
    } catch {
      return null;
    }
  };
  const theme = read('theme');
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  const locale = read('locale');
  document.documentElement.lang = locale ?? (navigator.language.startsWith('zh') ? 'zh-CN' : 'en');
})();
