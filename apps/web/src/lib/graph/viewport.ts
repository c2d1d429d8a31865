/** Pan and zoom of a picture: screen = world × k + (x, y). Pure; the views own when it changes. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const MIN_ZOOM = 0.04;
export const MAX_ZOOM = 2.5;

/** Everything in view and centred, never larger than life. */
export function fit(content: Size, view: Size, padding = 32): Viewport {
  if (content.width <= 0 || content.height <= 0 || view.width <= 0 || view.height <= 0) return { x: 0, y: 0, k: 1 };
  const k = Math.max(
    MIN_ZOOM,
    Math.min(1, (view.width - 2 * padding) / content.width, (view.height - 2 * padding) / content.height),
  );
  return { x: (view.width - content.width * k) / 2, y: (view.height - content.height * k) / 2, k };
}

/** Below this the names of tasks are specks. */
const READABLE = 0.3;
const NEAR = 0.6;

/** How a picture opens: whole where its names can be read then, else with the box that matters in the middle. */
export function openOn(
  content: Size,
  view: Size,
  box: ({ readonly x: number; readonly y: number } & Size) | undefined,
): Viewport {
  const whole = fit(content, view);
  if (box === undefined || whole.k >= READABLE) return whole;
  return {
    x: view.width / 2 - (box.x + box.width / 2) * NEAR,
    y: view.height / 2 - (box.y + box.height / 2) * NEAR,
    k: NEAR,
  };
}

/** Zooms so that the point of the picture under the cursor stays under it. */
export function zoomAt(viewport: Viewport, factor: number, at: { readonly x: number; readonly y: number }): Viewport {
  const k = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, viewport.k * factor));
  const ratio = k / viewport.k;
  return { k, x: at.x - (at.x - viewport.x) * ratio, y: at.y - (at.y - viewport.y) * ratio };
}

/** The least pan that brings a box into view. */
export function reveal(
  viewport: Viewport,
  box: { readonly x: number; readonly y: number } & Size,
  view: Size,
  margin = 24,
): Viewport {
  const axis = (offset: number, start: number, size: number, room: number): number => {
    const from = start * viewport.k + offset;
    const to = from + size * viewport.k;
    if (from < margin) return offset + margin - from;
    if (to > room - margin) return offset - Math.min(to - (room - margin), from - margin);
    return offset;
  };
  return {
    k: viewport.k,
    x: axis(viewport.x, box.x, box.width, view.width),
    y: axis(viewport.y, box.y, box.height, view.height),
  };
}
