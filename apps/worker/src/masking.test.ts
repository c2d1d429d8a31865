import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createMasker } from './masking.ts';

const pass = (secrets: readonly string[], pieces: readonly string[]) => {
  const masker = createMasker(secrets);
  const shown = pieces.map((piece) => masker.add('stdout', piece)).join('');
  return (
    shown +
    masker
      .end()
      .map(([, text]) => text)
      .join('')
  );
};

describe('S1: a value is masked', () => {
  it.each([
    [['sesame'], 'open sesame, sesame!', 'open ***, ***!'],
    [['sesame', 'sesame street'], 'a sesame street', 'a ***'],
    [['abc', ''], 'abc', 'abc'],
    [['a.b$'], 'a.b$ axb$', '*** axb$'],
    [['aaaa'], 'aaaaaaaaa', '******a'],
    [['über😀x'], 'say über😀x', 'say ***'],
    [['tail-of-line\n'], 'tail-of-line', '***'],
    [['-----KEY\nabcdefgh\nij\n'], '  abcdefgh\n  ij\n', '  ***\n  ij\n'],
  ])('%j in %j', (secrets, text, shown) => {
    expect(createMasker(secrets).mask(text)).toBe(shown);
    expect(pass(secrets, [text])).toBe(shown);
    expect(pass(secrets, [...text])).toBe(shown);
  });
});

test('S2: however it is cut, and whatever stands in the other stream meanwhile', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), fc.array(word, { maxLength: 20 }), (secrets, pieces) => {
      const whole = createMasker(secrets).mask(pieces.join(''));
      expect(pass(secrets, pieces)).toBe(whole);
      const masker = createMasker(secrets);
      let [out, err] = ['', ''];
      for (const piece of pieces) {
        out += masker.add('stdout', piece);
        err += masker.add('stderr', piece);
      }
      for (const [stream, text] of masker.end()) {
        if (stream === 'stdout') out += text;
        else err += text;
      }
      expect([out, err]).toEqual([whole, whole]);
    }),
    { numRuns: 500 },
  );
});

test('S2: only what may be a beginning waits', () => {
  const masker = createMasker(['sesame']);
  expect(masker.add('stdout', 'open ses')).toBe('open ');
  expect(masker.held).toEqual({ stdout: 'ses' });
  expect(masker.add('stderr', 'warned\n')).toBe('warned\n');
  expect(masker.add('system', 'sesame ses')).toBe('*** ses');
  expect(masker.add('stdout', 'sion\n')).toBe('session\n');
  expect(masker.held).toBeUndefined();
});

test('S3: another one goes on with what was held back', () => {
  const first = createMasker(['sesame']);
  expect(first.add('stdout', 'open ses')).toBe('open ');
  expect(createMasker(['sesame'], first.held).add('stdout', 'ame!')).toBe('***!');
});
