// The side panel. Links and buttons with data-rc-panel fill #rc-panel instead of leaving the page;
// ?panel=/its/address in the URL opens it again after a reload. Without scripts it is a page.
(() => {
  const slot = document.getElementById('rc-panel');
  if (!slot) return;
  let opener = null;

  const remember = (address) => {
    const url = new URL(location.href);
    if (address) url.searchParams.set('panel', address);
    else url.searchParams.delete('panel');
    history.replaceState(history.state, '', url);
  };
  const own = (address) => {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.pathname + url.search : '';
  };
  const show = (address) => {
    const path = own(address);
    if (!path) return;
    htmx.ajax('GET', path, { target: '#rc-panel', swap: 'innerHTML' });
    remember(path);
  };
  const close = () => {
    slot.replaceChildren();
    remember('');
    opener?.isConnected && opener.focus();
  };

  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-rc-panel-close]') && slot.contains(event.target)) { event.preventDefault(); close(); return; }
    const link = event.target.closest('a[data-rc-panel]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    opener = link;
    show(link.href);
  });
  // A bulk action: the ticked rows go with it.
  document.addEventListener('submit', (event) => {
    if (!event.submitter?.matches('[data-rc-panel]')) return;
    event.preventDefault();
    opener = event.submitter;
    const sent = new FormData(event.target, event.submitter);
    if (sent.has('all_matching')) sent.delete('id');
    show(`${event.submitter.formAction}?${new URLSearchParams(sent)}`);
  });
  addEventListener('rc-panel-close', close);
  addEventListener('rc-panel-open', (event) => { opener = document.activeElement; show(event.detail.address); });

  // What comes back must be a panel: anything else is a page and takes the whole window.
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (!event.detail.target.matches('[data-rc-panel-slot]') || event.detail.serverResponse.includes('data-rc-panel-root')) return;
    event.detail.shouldSwap = false;
    if (event.detail.xhr.status < 400) location.assign(event.detail.xhr.responseURL);
  });
  document.addEventListener('htmx:afterSettle', (event) => {
    const filled = [event.detail.target, event.detail.elt].find((each) => each?.matches?.('[data-rc-panel-slot]'));
    (filled?.querySelector('[data-rc-focus]') || filled?.querySelector('#panel-title'))?.focus();
  });

  const asked = new URL(location.href).searchParams.get('panel');
  if (asked && /^\/(?![/\\])/.test(asked)) document.addEventListener('DOMContentLoaded', () => show(asked));
})();
