// Coming back from a case to its list.
(() => {
  // Coming back to the list, the case looked at last is the one that is marked; not one that was
  // found by a search: the list stands as it was left.
  const back = document.querySelector('[data-rc-back]');
  if (back && back.dataset.rcBack !== 'kept' && document.querySelector('.case-h')) {
    const list = new URL(back.href, location.href).pathname;
    sessionStorage.setItem(`rc-seen:${list}`, location.pathname + location.search);
  }
})();
