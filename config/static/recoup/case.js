// A note: its draft is kept in this tab, the next action follows the disposition, n leads to it.
(() => {
  const words = (form) => form.querySelector('[data-rc-draft-said]');
  const memory = (form) => `rc-draft:${form.dataset.rcDraft}`;
  const FIELDS = 'input[type=text], input:not([type]), textarea, input[name=disposition], input[name=shared]';
  const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((each) => each.name);

  // What is next: text and time of the disposition, until somebody types another.
  const zone = () => document.querySelector('[data-rc-clock]')?.dataset.rcClock;
  const local = (at) => new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone(), year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).format(at);
  const suggest = (form) => {
    const choice = form.querySelector('input[name=disposition]:checked');
    const [what, when] = ['next_action', 'next_action_at'].map((name) => form.elements[name]);
    if (!choice) return;
    if (!what.value || what.dataset.rcAuto) {
      what.value = choice.dataset.next;
      what.dataset.rcAuto = 'yes';
    }
    if (!when.value || when.dataset.rcAuto) {
      const after = choice.dataset.after;
      when.value = after === '' ? '' : local(new Date(Date.now() + after * 1000));
      when.dataset.rcAuto = 'yes';
    }
  };

  // The draft: kept while one types, put back into an empty form, gone when the note is saved.
  const keep = (form) => {
    const kept = {};
    fields(form).forEach((each) => {
      if (['radio', 'checkbox'].includes(each.type)) { if (each.checked) kept[each.name] = each.value; }
      else if (each.value && !each.dataset.rcAuto) kept[each.name] = each.value;
    });
    if (Object.keys(kept).length) sessionStorage.setItem(memory(form), JSON.stringify(kept));
    else sessionStorage.removeItem(memory(form));
    const said = words(form);
    if (said) said.dataset.on = 'yes';
  };
  const put = (form) => {
    const kept = JSON.parse(sessionStorage.getItem(memory(form)) || '{}');
    const typed = fields(form).some((each) => (['radio', 'checkbox'].includes(each.type) ? each.checked : each.value));
    if (!typed) {
      fields(form).forEach((each) => {
        if (['radio', 'checkbox'].includes(each.type)) each.checked = kept[each.name] === each.value;
        else each.value = kept[each.name] || '';
      });
      const said = words(form);
      if (said && Object.keys(kept).length) said.dataset.on = 'yes';
    }
    const chosen = form.querySelector('input[name=disposition]:checked');
    const group = chosen && /of-(\w+)/.exec(chosen.closest('.disp-c').className)[1];
    if (group) form.querySelector(`input[name=group][value=${group}]`).checked = true;
    suggest(form);
  };

  document.addEventListener('input', (event) => {
    const form = event.target.closest?.('form[data-rc-draft]');
    if (!form) return;
    delete event.target.dataset.rcAuto;
    if (event.target.name === 'disposition') suggest(form);
    keep(form);
  });
  // A suggested time counts from the moment of saving: left out, the server adds it.
  const leaveOut = (form) => {
    const when = form.elements.next_action_at;
    if (when?.dataset.rcAuto) when.value = '';
  };
  document.addEventListener('submit', (event) => { if (event.target.matches('form[data-rc-draft]')) leaveOut(event.target); }, true);

  document.addEventListener('click', (event) => {
    if (!event.target.closest('[data-rc-to-note]')) return;
    event.preventDefault();
    const note = document.getElementById('note');
    note.scrollIntoView({ block: 'nearest' });
    (note.querySelector('input[name=disposition]:checked') || note.querySelector('input[name=group]:checked')).focus();
  });

  // Coming back to the list, the case looked at last is the one that is marked.
  const back = document.querySelector('[data-rc-back]');
  if (back && document.querySelector('.case-h')) {
    const list = new URL(back.href, location.href).pathname;
    sessionStorage.setItem(`rc-seen:${list}`, location.pathname + location.search);
  }

  const fresh = () => document.querySelectorAll('form[data-rc-draft]').forEach((form) => {
    if (form.dataset.rcPut) return;
    form.dataset.rcPut = 'yes';
    put(form);
  });
  fresh();
  document.addEventListener('htmx:afterSettle', fresh);
})();
