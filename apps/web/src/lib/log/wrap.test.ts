import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsOf, rowsOf, wrapOffsets } from './cells.ts';
import { LogBuffer } from './log-buffer.ts';
import { WrapIndex } from './wrap-index.ts';

describe('cells', () => {
  it.each([
    ['abc', 3],
    ['数据同步', 8],
    ['耗时 8 ms', 9],
    ['é', 1],
    ['e\u0301', 1],
    ['😀', 2],
  ])('%s takes %d', (text, cells) => expect(cellsOf(text)).toBe(cells));

  it('never splits a wide character and never overfills a row', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '数', '😀', ' ', 'é') }),
        fc.integer({ min: 2, max: 12 }),
        (text, columns) => {
          const offsets = wrapOffsets(text, columns);
          const parts = offsets.map((from, i) => text.slice(from, offsets[i + 1]));
          expect(parts.join('')).toBe(text);
          for (const part of parts) {
            expect(cellsOf(part)).toBeLessThanOrEqual(columns);
            expect(part.isWellFormed()).toBe(true);
          }
          expect(rowsOf(text, columns)).toBe(parts.length);
        },
      ),
    );
  });
});

describe('WrapIndex', () => {
  it('agrees with itself after each growth', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z\n]{0,30}$/)), (chunks) => {
        const buffer = new LogBuffer(20);
        const grown = new WrapIndex(buffer, 7);
        for (const chunk of chunks) {
          buffer.append(chunk);
          grown.update();
          const fresh = new WrapIndex(buffer, 7);
          expect(grown.rows).toBe(fresh.rows);
          for (let row = 0; row < fresh.rows; row++) {
            expect(grown.at(row)).toEqual(fresh.at(row));
            const { line, part } = fresh.at(row);
            expect(fresh.firstRow(line) + part).toBe(row);
          }
        }
      }),
    );
  });
});
