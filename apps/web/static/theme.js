// What has to be so before the first paint. A file of its own, so that the page needs no inline script.
(() => {
  // The server answers below its base path and without it, the page works only below: that of this script.
  const base = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).pathname.replace('/theme.js', '');
  if (location.pathname !== base && !location.pathname.startsWith(`${base}/`)) {
    location.replace(base + location.pathname + location.search + location.hash);
  }
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
