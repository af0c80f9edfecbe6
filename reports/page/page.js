// Draws the charts of a report from the data in the page. No network, no storage.
(function () {
  'use strict';
  var data = JSON.parse(document.getElementById('data').textContent);
  var holder = document.getElementById('charts');
  var charts = [];
  var following = false;

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
  }

  // Outages as shades, marks as numbered lines; badges of near marks step down.
  function underlay(outages) {
    return function (ctx, area, graph) {
      ctx.save();
      ctx.fillStyle = colour('down');
      outages.forEach(function (outage) {
        var left = graph.toDomXCoord(outage[0]);
        var right = Math.max(graph.toDomXCoord(outage[1]), left + 1);
        ctx.fillRect(left, area.y, right - left, area.h);
      });
      ctx.restore();
    };
  }
  function marks(ctx, graph) {
    var area = graph.getArea();
    var lastX = -100, row = 0;
    ctx.save();
    ctx.font = 'bold 11px sans-serif';
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    data.marks.forEach(function (mark, index) {
      var x = graph.toDomXCoord(mark.at);
      if (x < area.x || x > area.x + area.w) return;
      row = x - lastX < 20 ? row + 1 : 0;
      lastX = x;
      ctx.strokeStyle = ctx.fillStyle = colour(mark.kind);
      ctx.lineWidth = mark.kind === 'fault' ? 2 : 1.5;
      ctx.setLineDash(mark.kind === 'fault' ? [] : [5, 3]);
      ctx.beginPath();
      ctx.moveTo(x, area.y);
      ctx.lineTo(x, area.y + area.h);
      ctx.stroke();
      ctx.fillRect(x - 9, area.y + row * 17, 18, 15);
      ctx.fillStyle = colour('card');
      ctx.fillText(String(index + 1), x, area.y + row * 17 + 8);
    });
    ctx.restore();
  }

  function follow(graph, initial) {
    marks(graph.hidden_ctx_, graph);
    if (following || initial) return;
    following = true;
    charts.forEach(function (other) {
      if (other !== graph) other.updateOptions({ dateWindow: graph.xAxisRange() });
    });
    following = false;
  }

  function add(title, label, rows, options, tall) {
    var heading = document.createElement('h3');
    heading.textContent = title;
    var box = document.createElement('div');
    box.className = tall ? 'chart tall' : 'chart';
    box.setAttribute('role', 'img');
    box.setAttribute('aria-label', label);
    var values = document.createElement('div');
    values.className = 'values';
    holder.append(heading, box, values);
    var all = {
      labelsDiv: values, legend: 'onmouseover', legendFormatter: function (legend) {
        if (legend.x === undefined) return '';
        return legend.x.toFixed(0) + ' s: ' + legend.series.filter(function (series) {
          return series.y !== undefined && series.y !== null;
        }).map(function (series) { return series.label + ' ' + series.yHTML; }).join(', ');
      },
      axisLineColor: colour('line'), gridLineColor: colour('grid'), drawCallback: follow,
      axes: {
        x: { axisLabelFormatter: function (x) { return x + ' s'; }, drawGrid: false },
        y: { axisLabelWidth: 48 }
      }, highlightCircleSize: 2
    };
    Object.keys(options).forEach(function (key) { all[key] = options[key]; });
    charts.push(new Dygraph(box, rows, all));
  }

  function outcomes(service) {
    var total = [0, 0, 0];
    // Stacked from the bottom: the last column stands lowest.
    var rows = service.bins.map(function (bin) {
      total[0] += bin[1]; total[1] += bin[2]; total[2] += bin[3];
      return [bin[0], bin[3], bin[2], bin[1]];
    });
    var label = service.title + ', attempts per second: ' + service.outages.length +
      ' outages; ' + Math.round(total[0] * data.bin_s) + ' answered in time, ' +
      Math.round(total[1] * data.bin_s) + ' failed, ' +
      Math.round(total[2] * data.bin_s) + ' unknown or too late';
    add(service.title + ', attempts per second', label, rows, {
      labels: ['s', 'unknown or late', 'failed', 'answered'],
      colors: [colour('unknown'), colour('failed'), colour('good')],
      stackedGraph: true, stepPlot: true, fillGraph: true, fillAlpha: 0.75, strokeWidth: 0.5,
      includeZero: true, underlayCallback: underlay(service.outages)
    }, service.name === 'write');
  }

  function answers() {
    var tones = { write: 'good', read: 'leader', cache: 'redis', ticket: 'unknown',
      cart: 'failed', voucher: 'step', task: 'quiet', http: 'text' };
    var times = {};
    data.services.forEach(function (service, index) {
      service.bins.forEach(function (bin) {
        times[bin[0]] = times[bin[0]] || [bin[0]].concat(data.services.map(function () { return null; }));
        times[bin[0]][index + 1] = bin[5];
      });
    });
    var rows = Object.keys(times).map(function (key) { return times[key]; });
    rows.sort(function (a, b) { return a[0] - b[0]; });
    if (!rows.length) return;
    add('Slowest answer of each second, ms (logarithmic)',
      'The slowest answer in time of each second and service, in milliseconds', rows, {
        labels: ['s'].concat(data.services.map(function (service) { return service.name; })),
        colors: data.services.map(function (service) { return colour(tones[service.name]); }),
        logscale: true, strokeWidth: 1.6, drawPoints: true, pointSize: 1.5, legend: 'always',
        legendFormatter: function (legend) {
          return (legend.x === undefined ? '' : legend.x.toFixed(0) + ' s: ') +
            legend.series.map(function (series) {
              var name = '<b style="color:' + series.color + '">' + series.label + '</b>';
              return series.y ? name + ' ' + series.yHTML + ' ms' : name;
            }).join(', ');
        }
      });
  }

  function draw() {
    charts.forEach(function (chart) { chart.destroy(); });
    charts = [];
    holder.textContent = '';
    data.services.forEach(outcomes);
    answers();
  }
  draw();
  // The charts are painted, so they do not follow the colour scheme by themselves.
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}());
