// Charts: data from the JSON beside each, colours from the tokens. No style attribute, no HTML tips.
(() => {
  const css = getComputedStyle(document.documentElement);
  const v = (name) => css.getPropertyValue(name).trim();
  const font = getComputedStyle(document.body).fontFamily;
  const text = { fontFamily: font, fontSize: 12, color: v('--rc-ink-2') };
  const axis = { axisTick: { show: false }, axisLine: { lineStyle: { color: v('--rc-line-3') } }, axisLabel: { ...text } };
  const grouped = (x) => Number(x).toLocaleString('en');

  // data: labels, values, tones (bucket steps, optional), before (a mark for comparison, optional),
  // notes (a second line under each label, optional)
  const bars = (d) => ({
    grid: { left: 60, right: 16, top: 22, bottom: d.notes ? 44 : 26 },
    xAxis: { type: 'category', data: d.labels.map((label, i) => (d.notes ? `${label}\n${d.notes[i]}` : label)), ...axis, axisLabel: { ...text, lineHeight: 17, interval: 0 } },
    yAxis: { type: 'value', min: 0, splitLine: { lineStyle: { color: v('--rc-line-2') } }, axisLabel: { ...text, formatter: grouped } },
    series: [
      { type: 'bar', barMaxWidth: 34,
        data: d.values.map((value, i) => ({ value, itemStyle: d.tones
          ? { color: v(`--bk-${d.tones[i]}`), borderColor: v(`--bk-${d.tones[i]}-ln`), borderWidth: 1 }
          : { color: v('--rc-accent') } })),
        label: { show: true, position: 'top', ...text, color: v('--rc-ink'), fontWeight: 600, formatter: (p) => grouped(p.value) } },
      ...(d.before ? [{ type: 'custom', z: 3, silent: true, data: d.before.map((x, i) => [i, x]), renderItem: (p, api) => {
        const [x, y] = api.coord([api.value(0), api.value(1)]);
        return { type: 'line', shape: { x1: x - 23, x2: x + 23, y1: y, y2: y }, style: { stroke: v('--rc-ink-3'), lineWidth: 2 } };
      } }] : []),
    ],
  });

  // data: from, to (labels), cells ([to, from, percent]); the frame marks the bucket one started in
  const shades = ['#f3f7f7', '#d5e8e5', '#9fcdc6', '#55a59b', '#0f766e', '#0a4f4a'];
  const steps = [2, 10, 25, 45, 65];
  const matrix = (d) => ({
    grid: { left: 44, right: 12, top: 28, bottom: 10 },
    xAxis: { type: 'category', position: 'top', data: d.to, ...axis, axisLine: { show: false } },
    yAxis: { type: 'category', inverse: true, data: d.from, ...axis, axisLine: { show: false }, axisLabel: { ...text, fontWeight: 600 } },
    visualMap: { show: false, seriesIndex: 0, type: 'piecewise', dimension: 2,
      pieces: shades.map((color, i) => ({ color, ...(i ? { min: steps[i - 1] } : {}), ...(i < steps.length ? { max: steps[i] } : {}) })) },
    series: [
      { type: 'heatmap', itemStyle: { borderColor: v('--rc-surface'), borderWidth: 2 },
        data: d.cells.map((cell) => ({ value: cell, label: { color: cell[2] >= 45 ? '#fff' : '#1b2430' } })),
        label: { show: true, fontFamily: font, fontSize: 12, formatter: (p) => (p.value[2] === 0 ? '' : p.value[2].toFixed(1)) } },
      { type: 'custom', z: 5, silent: true, data: d.from.map((label, y) => [d.to.indexOf(label), y]).filter(([x]) => x >= 0), renderItem: (p, api) => {
        const [x, y] = api.coord([api.value(0), api.value(1)]);
        const [w, h] = api.size([1, 1]);
        return { type: 'rect', shape: { x: x - w / 2 + 1, y: y - h / 2 + 1, width: w - 2, height: h - 2 }, style: { fill: 'none', stroke: v('--rc-ink'), lineWidth: 1.5 } };
      } },
    ],
  });

  const kinds = { bars, matrix };
  document.querySelectorAll('[data-rc-chart]').forEach((place) => {
    const data = JSON.parse(document.getElementById(`${place.id}-data`).textContent);
    const chart = echarts.init(place, null, { renderer: 'svg' });
    chart.setOption({ animation: false, textStyle: text, tooltip: { renderMode: 'richText' }, ...kinds[place.dataset.rcChart](data) });
    addEventListener('resize', () => chart.resize());
    addEventListener('beforeprint', () => chart.resize());
  });
})();
