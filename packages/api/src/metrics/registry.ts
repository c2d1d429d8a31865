/** Counters, gauges and histograms in Prometheus text form. Gauges may be read at the moment of the scrape. */

export type Labels = Readonly<Record<string, string>>;

export interface Counter {
  add(labels?: Labels, amount?: number): void;
}

export interface Histogram {
  observe(labels: Labels, value: number): void;
}

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

export interface MetricsRegistry {
  counter(name: string, help: string): Counter;
  /** A counter that somebody else keeps: `read` is called at each scrape. */
  total(name: string, help: string, read: () => readonly Sample[]): void;
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  /** `read` is called at each scrape. */
  gauge(name: string, help: string, read: () => readonly Sample[] | Promise<readonly Sample[]>): void;
  render(): Promise<string>;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  lines(): Promise<readonly string[]>;
}

export function createMetricsRegistry(): MetricsRegistry {
  const metrics = new Map<string, Metric>();

  function register(metric: Metric): void {
    if (metrics.has(metric.name)) throw new Error(`the metric ${metric.name} is registered twice`);
    metrics.set(metric.name, metric);
  }

  return {
    counter(name, help) {
      const values = new Map<string, number>();
      register({
        name,
        help,
        type: 'counter',
        lines: async () => [...values].map(([labels, value]) => `${name}${labels} ${value}`),
      });
      return {
        add(labels = {}, amount = 1) {
          const key = labelText(labels);
          values.set(key, (values.get(key) ?? 0) + amount);
        },
      };
    },

    histogram(name, help, buckets) {
      const series = new Map<
        string,
        { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }
      >();
      register({
        name,
        help,
        type: 'histogram',
        lines: async () =>
          [...series.values()].flatMap(({ labels, counts, sum, count }) => [
            ...buckets.map((le, i) => `${name}_bucket${labelText({ ...labels, le: String(le) })} ${counts[i]}`),
            `${name}_bucket${labelText({ ...labels, le: '+Inf' })} ${count}`,
            `${name}_sum${labelText(labels)} ${sum}`,
            `${name}_count${labelText(labels)} ${count}`,
          ]),
      });
      return {
        observe(labels, value) {
          const key = labelText(labels);
          const one = series.get(key) ?? { labels, counts: buckets.map(() => 0), sum: 0, count: 0 };
          series.set(key, one);
          one.sum += value;
          one.count += 1;
          for (let i = 0; i < buckets.length; i++) if (value <= buckets[i]!) one.counts[i] = one.counts[i]! + 1;
        },
      };
    },

    gauge: (name, help, read) => register({ name, help, type: 'gauge', lines: linesOf(name, read) }),
    total: (name, help, read) => register({ name, help, type: 'counter', lines: linesOf(name, read) }),

    async render() {
      const parts = [...metrics.values()].map(async (metric) => {
        // A gauge that cannot be read is left out; the others still answer.
        const lines = await metric.lines().catch(() => []);
        return [`# HELP ${metric.name} ${metric.help}`, `# TYPE ${metric.name} ${metric.type}`, ...lines].join('\n');
      });
      return `${(await Promise.all(parts)).join('\n')}\n`;
    },
  };
}

function linesOf(name: string, read: () => readonly Sample[] | Promise<readonly Sample[]>): Metric['lines'] {
  return async () => (await read()).map(({ labels, value }) => `${name}${labelText(labels ?? {})} ${value}`);
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}
