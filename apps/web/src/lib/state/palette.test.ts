import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, type Deficiency, deltaE2000, parseHex, simulate } from './colour-distance.ts';
import { FAMILIES } from './families.ts';

const css = readFileSync(new URL('../styles/tokens.css', import.meta.url), 'utf8');

function tokens(mode: 'light' | 'dark'): Record<string, string> {
  const start = css.search(new RegExp(`data-theme=["']${mode}["']`));
  const block = css.slice(start, css.indexOf('}', start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2]!.trim()]),
  );
}

const filled = FAMILIES.filter((family) => family !== 'skipped');

describe.each(['light', 'dark'] as const)('%s mode', (mode) => {
  const token = tokens(mode);
  const colour = (name: string) => parseHex(token[name] ?? `missing ${name}`);

  it('keeps text readable on every background', () => {
    const names = ['fg', 'fg-2', 'fg-3', 'accent', 'danger', ...FAMILIES.map((family) => `state-${family}-text`)];
    for (let slot = 0; slot <= 8; slot++) names.push(`ansi-${slot}`);
    for (const name of names) {
      for (const background of ['bg', 'surface', 'surface-2']) {
        expect(contrast(colour(name), colour(background)), `${name} on ${background}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(colour('accent-fg'), colour('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('danger-fg'), colour('danger'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('accent'), colour('accent-soft'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour('mark-fg'), colour('mark'))).toBeGreaterThanOrEqual(4.5);
  });

  it('keeps fills and input borders visible', () => {
    for (const name of [...filled.map((family) => `state-${family}`), 'border-strong']) {
      for (const background of ['bg', 'surface']) {
        expect(contrast(colour(name), colour(background)), `${name} on ${background}`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it.each(['none', 'protan', 'deutan', 'tritan'] as const)('keeps states apart (%s vision)', (vision: Deficiency) => {
    for (const [index, a] of filled.entries()) {
      for (const b of filled.slice(index + 1)) {
        const distance = deltaE2000(simulate(colour(`state-${a}`), vision), simulate(colour(`state-${b}`), vision));
        expect(distance, `${a} and ${b}`).toBeGreaterThanOrEqual(15);
      }
    }
  });
});
