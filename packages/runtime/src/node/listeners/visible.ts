/** What a plugin says goes to people's terminals: characters that steer one are shown instead of obeyed. */

/** All but tabs and ends of lines. */
const CONTROLS = /[^\P{Cc}\t\n]/gu;

export function visible(text: string): string {
  return text.replace(CONTROLS, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
