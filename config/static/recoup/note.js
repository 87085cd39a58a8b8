// A note: its draft is kept in this tab, the disposition brings its facts and its next action along
// and is found by typing, n leads to it.
(() => {
  const words = (form) => form.querySelector('[data-rc-draft-said]');
  const memory = (form) => `rc-draft:${form.dataset.rcDraft}`;
  const FIELDS = 'input[type=text], input:not([type]), textarea, select, input[name=disposition], input[name=shared]';
  const fields = (form) => [...form.querySelectorAll(FIELDS)].filter((each) => each.name);

  // What is next: text and time of the disposition, until somebody types another.
  const zone = () => document.querySelector('[data-rc-clock]')?.dataset.rcClock;
  const local = (at) => new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone(), year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).format(at);
  // Some results name the moment themselves: a promise its day, a callback its time.
  const asks = (form) => {
    form.rcAsks ??= JSON.parse(form.querySelector('[data-rc-facts]').dataset.rcFacts);
    return form.rcAsks[form.querySelector('input[name=disposition]:checked')?.value] || { facts: [] };
  };
  const named = (form) => {
    const { from } = asks(form);
    const typed = from ? form.elements[from].value.trim() : '';
    return /^\d{4}-\d\d-\d\d$/.test(typed) ? `${typed} 09:00` : typed;
  };
  // Any other falls on the moment that the gate permits, which comes with the buttons of the contact
  // points; it is asked for again when the note is about somebody else, or about another way.
  const ABOUT = { note_channel: 'channel', note_whom: 'contact_point', note_try: 'try_uid', note_corrects: 'corrects' };
  const about = (form) => Object.values(ABOUT).map((name) => form.elements[name]?.value || '');
  const carrier = (form) => form.querySelector('[data-rc-allowed]') || document.querySelector('.case-r > [data-rc-allowed]');
  const formOf = (asking) => asking.closest('form') || document.getElementById('note');
  const permitted = (form, code) => {
    const told = carrier(form)?.querySelector('[data-rc-moments]');
    const { about: whom, at } = told ? JSON.parse(told.dataset.rcMoments) : { at: {} };
    return at[code] && whom.join() === about(form).join() ? local(new Date(at[code])) : '';
  };
  const askAgain = (form) => { if (carrier(form)) window.htmx.trigger(carrier(form), 'rc-whom'); };
  document.addEventListener('htmx:configRequest', (event) => {
    const { elt, parameters } = event.detail;
    const form = elt.matches('[data-rc-allowed]') && formOf(elt);
    if (form) Object.keys(ABOUT).forEach((name, place) => { parameters[name] = about(form)[place]; });
  });

  const ask = (form) => {
    const { facts, consent } = asks(form);
    form.querySelectorAll('[data-rc-fact]').forEach((each) => {
      const name = each.dataset.rcFact;
      each.hidden = !(facts.includes(name) || (consent && name === 'fact_agreed_until') || each.querySelector('.er'));
    });
    form.querySelector('[data-rc-facts]').hidden = !form.querySelector('[data-rc-fact]:not([hidden])');
  };

  // A contact just reserved: the note is about it.
  document.addEventListener('htmx:oobAfterSwap', (event) => {
    const { rcContact, rcChannel } = event.detail.target.dataset;
    const form = event.detail.target.form;
    if (!rcContact || !form) return;
    form.elements.contact_point.value = rcContact;
    if ([...form.elements.channel.options].some((each) => each.value === rcChannel)) form.elements.channel.value = rcChannel;
    askAgain(form);
  });

  const suggest = (form) => {
    const choice = form.querySelector('input[name=disposition]:checked');
    const [what, when] = ['next_action', 'next_action_at'].map((name) => form.elements[name]);
    if (!choice) return;
    if (!what.value || what.dataset.rcAuto) {
      what.value = choice.dataset.next;
      what.dataset.rcAuto = 'yes';
    }
    if (!when.value || when.dataset.rcAuto) {
      when.value = asks(form).from ? named(form) : permitted(form, choice.value);
      when.dataset.rcAuto = 'yes';
    }
  };

  // The draft: kept while one types, put back into an empty form, gone when the note is saved.
  const keep = (form) => {
    const kept = {};
    fields(form).forEach((each) => {
      if (['radio', 'checkbox'].includes(each.type)) { if (each.checked) kept[each.name] = each.value; }
      else if (each.tagName === 'SELECT') { if (each.dataset.rcChanged) kept[each.name] = each.value; }
      else if (each.value && !each.dataset.rcAuto) kept[each.name] = each.value;
    });
    if (Object.keys(kept).length) sessionStorage.setItem(memory(form), JSON.stringify(kept));
    else sessionStorage.removeItem(memory(form));
    const said = words(form);
    if (said) said.dataset.on = 'yes';
  };
  const put = (form) => {
    const kept = JSON.parse(sessionStorage.getItem(memory(form)) || '{}');
    const typed = fields(form).some((each) => (['radio', 'checkbox'].includes(each.type) ? each.checked : each.tagName !== 'SELECT' && each.value));
    if (!typed) {
      fields(form).forEach((each) => {
        if (['radio', 'checkbox'].includes(each.type)) each.checked = kept[each.name] === each.value;
        else if (each.tagName === 'SELECT') each.value = kept[each.name] ?? each.value;
        else each.value = kept[each.name] || '';
      });
      const said = words(form);
      if (said && Object.keys(kept).length) said.dataset.on = 'yes';
    }
    const chosen = form.querySelector('input[name=disposition]:checked');
    const group = chosen && /of-(\w+)/.exec(chosen.closest('.disp-c').className)[1];
    if (group) form.querySelector(`input[name=group][value=${group}]`).checked = true;
    ask(form);
    suggest(form);
  };

  document.addEventListener('input', (event) => {
    const form = event.target.closest?.('form[data-rc-draft]');
    if (!form) return;
    if (event.target.matches('[data-rc-disp-find]')) { find(form, event.target.value); return; }
    delete event.target.dataset.rcAuto;
    if (event.target.tagName === 'SELECT') event.target.dataset.rcChanged = 'yes';
    if (event.target.name === 'disposition') {
      ask(form);
      form.querySelector('[data-rc-facts]:not([hidden])')?.scrollIntoView({ block: 'nearest' });
    }
    if (event.target.name === 'disposition' || event.target.name === asks(form).from) suggest(form);
    if (['channel', 'contact_point'].includes(event.target.name)) { suggest(form); askAgain(form); }
    keep(form);
  });
  document.addEventListener('htmx:afterSwap', ({ detail }) => {
    if (!detail.target.matches('[data-rc-allowed]')) return;
    const form = formOf(detail.target);
    if (form && document.activeElement !== form.elements.next_action_at) suggest(form);
  });

  // Typing finds a result in every group; Enter takes the first that is left.
  const find = (form, text) => {
    const sought = text.trim().toLowerCase();
    form.querySelector('.disp').classList.toggle('finding', Boolean(sought));
    form.querySelectorAll('.disp-c .seg-o').forEach((each) => {
      each.hidden = Boolean(sought) && !`${each.textContent} ${each.firstElementChild.value}`.toLowerCase().includes(sought);
    });
  };
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches?.('[data-rc-disp-find]')) return;
    event.preventDefault();
    const form = event.target.form;
    const first = event.target.value.trim() && form.querySelector('.disp-c .seg-o:not([hidden]) input');
    if (!first) return;
    first.checked = true;
    form.querySelector(`input[name=group][value=${/of-(\w+)/.exec(first.closest('.disp-c').className)[1]}]`).checked = true;
    event.target.value = '';
    find(form, '');
    first.dispatchEvent(new Event('input', { bubbles: true }));
    (form.querySelector('[data-rc-fact]:not([hidden]) :is(input, select)') || form.elements.remark).focus();
  });
  // A suggested time counts from the moment of saving: left out, the server finds it.
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

  const fresh = () => document.querySelectorAll('form[data-rc-draft]').forEach((form) => {
    if (form.dataset.rcPut) return;
    form.dataset.rcPut = 'yes';
    put(form);
  });
  fresh();
  document.addEventListener('htmx:afterSettle', fresh);
})();
