import { describe, expect, it } from 'vitest';
import { fit, MAX_ZOOM, MIN_ZOOM, openOn, reveal, zoomAt } from './viewport.ts';

describe('fit', () => {
  it('centres small pictures at life size', () => {
    expect(fit({ width: 100, height: 50 }, { width: 500, height: 300 })).toEqual({ x: 200, y: 125, k: 1 });
  });
  it('shrinks large ones inside the padding', () => {
    const view = fit({ width: 2000, height: 100 }, { width: 1064, height: 500 });
    expect(view.k).toBeCloseTo(0.5);
    expect(view.x).toBeCloseTo(32);
  });
  it('does not divide by nothing', () => {
    expect(fit({ width: 0, height: 0 }, { width: 10, height: 10 }).k).toBe(1);
    expect(fit({ width: 10, height: 10 }, { width: 0, height: 0 }).k).toBe(1);
  });
});

describe('openOn', () => {
  const view = { width: 800, height: 600 };
  const box = { x: 900, y: 9_000, width: 200, height: 60 };
  it('shows all of what can be read whole', () => {
    const content = { width: 1500, height: 1000 };
    expect(openOn(content, view, box)).toEqual(fit(content, view));
  });
  it('puts the box in the middle of what cannot', () => {
    const { x, y, k } = openOn({ width: 1500, height: 18_000 }, view, box);
    expect(k).toBeGreaterThan(0.3);
    expect(1_000 * k + x).toBeCloseTo(400);
    expect(9_030 * k + y).toBeCloseTo(300);
  });
  it('shows all when nothing is chosen', () => {
    const content = { width: 1500, height: 18_000 };
    expect(openOn(content, view, undefined)).toEqual(fit(content, view));
  });
});

describe('zoomAt', () => {
  it('keeps the point under the cursor', () => {
    const before = { x: 10, y: 20, k: 1 };
    const after = zoomAt(before, 1.5, { x: 110, y: 220 });
    expect((110 - after.x) / after.k).toBeCloseTo((110 - before.x) / before.k);
    expect((220 - after.y) / after.k).toBeCloseTo((220 - before.y) / before.k);
  });
  it('stops at both ends', () => {
    expect(zoomAt({ x: 0, y: 0, k: 2 }, 100, { x: 0, y: 0 }).k).toBe(MAX_ZOOM);
    expect(zoomAt({ x: 0, y: 0, k: 0.1 }, 0.0001, { x: 0, y: 0 }).k).toBe(MIN_ZOOM);
  });
});

describe('reveal', () => {
  const size = { width: 400, height: 300 };
  it('does nothing for what is in view', () => {
    const viewport = { x: 0, y: 0, k: 1 };
    expect(reveal(viewport, { x: 100, y: 100, width: 50, height: 20 }, size)).toEqual(viewport);
  });
  it('pans just far enough', () => {
    expect(reveal({ x: 0, y: 0, k: 1 }, { x: 500, y: 100, width: 50, height: 20 }, size).x).toBe(-174);
    expect(reveal({ x: -200, y: 0, k: 1 }, { x: 100, y: 100, width: 50, height: 20 }, size).x).toBe(-76);
  });
});
