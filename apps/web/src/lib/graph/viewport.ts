/** Pan and zoom of a picture: screen = world × k + (x, y). Pure; the views own when it changes. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly k: number;
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
