// Lists: the cursor row, opening by row, the row and the place one came from, ticks, the bulk bar.
(() => {
  const words = JSON.parse(document.getElementById('rc-words')?.textContent || '{}');
  const rows = () => [...document.querySelectorAll('table[data-rc-rows] tbody tr[data-href]')];
  const cursor = () => document.querySelector('table[data-rc-rows] tr.cur');

  const put = (row) => {
    const old = cursor();
    old?.classList.remove('cur');
    old?.removeAttribute('aria-current');
    row.classList.add('cur');
    row.setAttribute('aria-current', 'true');
    row.querySelector('a')?.focus({ preventScroll: true });
    row.scrollIntoView({ block: 'nearest' });
  };
  const step = (by) => {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(cursor());
    put(all[Math.min(all.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))]);
    return true;
  };

  // The row one opened is marked when one comes back to this list. Only its address is kept.
  const memory = `rc-seen:${location.pathname}`;
  let opened = '';
  const remember = (row) => {
    opened = row.dataset.href;
    sessionStorage.setItem(memory, opened);
  };
  const open = (row, event) => {
    remember(row);
    const link = row.querySelector(`a[href="${CSS.escape(row.dataset.href)}"]`);
    if (event?.ctrlKey || event?.metaKey) window.open(row.dataset.href, '_blank', 'noopener');
    else if (link) link.click();
    else location.assign(row.dataset.href);
  };
  const path = (address) => new URL(address, location.href).pathname;
  const mark = () => {
    const seen = sessionStorage.getItem(memory);
    const row = seen && rows().find((each) => path(each.dataset.href) === path(seen));
    if (!row || row.classList.contains('seen')) return;
    row.classList.add('seen');
    const note = document.createElement('span');
    note.className = 'meta seen-m no-m';
    note.textContent = words.seen;
    row.querySelector('td:last-child')?.append(note);
  };

  // The place in the list one left last: its cursor row, how far it was scrolled. It is kept in
  // this tab until one goes somewhere by the menu. Of the rows only their addresses are kept.
  const PLACE = 'rc-place';
  const kept = () => JSON.parse(sessionStorage.getItem(PLACE) || 'null');
  const address = () => {
    const url = new URL(location.href);
    url.searchParams.delete('panel');
    return url.pathname + url.search;
  };
  // The row to be on again. One that was put behind others, or is gone, leaves its place to the next.
  const again = (place) => {
    const before = place.rows.map(path);
    const now = rows().map((row) => path(row.dataset.href));
    const seen = sessionStorage.getItem(memory);
    const at = path(seen && seen !== place.seen && before.includes(path(seen)) ? seen : place.at);
    const was = before.indexOf(at);
    const next = before.slice(was + 1).find((each) => now.includes(each));
    const stands = now.includes(at) && (!next || now.indexOf(at) < now.indexOf(next));
    if (stands) return rows()[now.indexOf(at)];
    return rows()[next ? now.indexOf(next) : Math.min(was, now.length - 1)];
  };
  const back = document.querySelector('[data-rc-back]');
  addEventListener('pagehide', () => {
    // A few rows of a page are no list; what itself leads back is no place to come back to.
    if (!rows().some((row) => row.closest('.list')) || back) return;
    sessionStorage.setItem(PLACE, JSON.stringify({
      address: address(),
      label: document.querySelector('h1').textContent,
      rows: rows().map((row) => row.dataset.href),
      at: opened || cursor()?.dataset.href || '',
      seen: sessionStorage.getItem(memory),
      down: scrollY,
    }));
  });
  const comeBack = () => {
    const place = kept();
    if (!place) return;
    const found = back?.dataset.rcBack;              // a search, or a case named by no list
    if (found === 'any' || (found === 'list' && path(back.href) === path(place.address))) {
      back.href = place.address;
      back.textContent = place.label;
      back.dataset.rcBack = 'kept';
    } else if (place.address === address() && place.at && rows().length) {
      scrollTo({ top: place.down, behavior: 'instant' });
      put(again(place));
    }
  };
  document.addEventListener('click', (event) => { if (event.target.closest('.rc-nav a')) addEventListener('pagehide', () => sessionStorage.removeItem(PLACE)); });
  document.addEventListener('click', (event) => {
    const row = event.target.closest('table[data-rc-rows] tr[data-href]');
    if (!row) return;
    if (event.target.closest('a')) { remember(row); return; }
    if (event.target.closest('button, input, label, summary') || String(getSelection())) return;
    open(row, event);
  });

  // On the worklist n, c and p open the case and press the same key there; s asks why to skip it.
  const WORK = new Set(['n', 'c', 'p', 's']);
  const work = (row, key) => {
    const address = new URL(row.dataset.href, location.href);
    if (key !== 's') {
      address.hash = `key-${key}`;
      remember(row);
      location.assign(address);
      return;
    }
    address.pathname += 'skip/';
    address.searchParams.set('from', 'list');
    dispatchEvent(new CustomEvent('rc-panel-open', { detail: { address: address.href } }));
  };

  addEventListener('rc-list-key', (event) => {
    const { key, from } = event.detail;
    const row = cursor();
    let taken = false;
    if (key === 'j') taken = step(1);
    else if (key === 'k') taken = step(-1);
    else if (key === 'Enter' && row && (from === document.body || row.contains(from)) && !from.matches('button, summary, input')) { open(row); taken = true; }
    else if (row && WORK.has(key) && row.closest('[data-rc-work]')) { work(row, key); taken = true; }
    else if (key === 'x') {
      const box = row?.querySelector('input[name="id"]');
      if (box) { box.click(); taken = true; }
    }
    if (taken) event.preventDefault();
  });

  // Ticks: the head's box ticks the page; a range with Shift; the bar shows the number.
  const count = (list) => {
    const boxes = [...list.querySelectorAll('tbody input[name="id"]')];
    const every = list.querySelector('input[name="all_matching"]');
    const ticked = boxes.filter((box) => box.checked).length;
    const shown = list.querySelector('[data-rc-count]');
    if (shown) shown.textContent = every?.checked ? every.dataset.rcTotal : ticked.toLocaleString('en');
    const head = list.querySelector('[data-rc-tick-all]');
    if (head) {
      head.checked = ticked > 0 && ticked === boxes.length;
      head.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  };
  let last = null;
  document.addEventListener('click', (event) => {
    const box = event.target;
    if (!box.matches?.('.list tbody input[name="id"]')) return;
    const list = box.closest('.list');
    const boxes = [...list.querySelectorAll('tbody input[name="id"]')];
    if (event.shiftKey && last && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    }
    last = box;
    const every = list.querySelector('input[name="all_matching"]');
    if (every && !box.checked) every.checked = false;
  });
  document.addEventListener('change', (event) => {
    const list = event.target.closest?.('.list');
    if (!list) return;
    if (event.target.matches('[data-rc-tick-all], input[name="all_matching"]')) {
      list.querySelectorAll('tbody input[name="id"]').forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches('[data-rc-tick-all]') && !event.target.checked) {
      const every = list.querySelector('input[name="all_matching"]');
      if (every) every.checked = false;
    }
    count(list);
  });
  document.addEventListener('reset', (event) => {
    const list = event.target.closest('.list');
    if (list) setTimeout(() => count(list));
  });
  const fresh = () => { mark(); document.querySelectorAll('.list').forEach(count); };
  fresh();
  comeBack();
  addEventListener('pageshow', fresh);
  document.addEventListener('htmx:afterSettle', fresh);
})();
