/** What assistive technology is told without a sign on the page: politely, when it is done with what it says. */
class Announced {
  text = $state('');
}

export const announced = new Announced();

/** The same text twice is said twice. */
export function announce(text: string): void {
  // A space that is not heard makes it another text.
  announced.text = announced.text === text ? `${text}\u00a0` : text;
}
