// Coming back from a case to its list.
(() => {
  // Coming back to the list, the case looked at last is the one that is marked.
  const back = document.querySelector('[data-rc-back]');
  if (back && document.querySelector('.case-h')) {
    const list = new URL(back.href, location.href).pathname;
    sessionStorage.setItem(`rc-seen:${list}`, location.pathname + location.search);
  }
})();
