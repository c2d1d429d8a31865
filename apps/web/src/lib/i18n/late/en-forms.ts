/** English texts of forms that are made of a schema. */
export const enForms = {
  isSet: 'Is set, and not shown',
  replace: 'Replace',
  replaceNamed: (field: string) => `Replace: ${field}`,
  remove: 'Remove',
  removeNamed: (field: string) => `Remove: ${field}`,
  keep: 'Keep the old one',
  keepNamed: (field: string) => `Keep the old one: ${field}`,
  removed: 'Will be removed',
  optional: 'optional',
  noChoice: 'Not chosen',
  byDefault: (value: string) => `${value} (default)`,
  row: (field: string, n: number) => `${field} ${n}`,
  perLine: 'One per line.',
  asJson: 'As JSON.',
  isDestination: 'Secrets are sent there: when it changes, they have to be said again.',
  name: 'Name',
  value: 'Value',
  nameOf: (field: string, n: number) => `${field}: name ${n}`,
  valueOf: (field: string, n: number) => `${field}: value ${n}`,
  add: 'Add',
  addTo: (field: string) => `Add to ${field}`,
  take: (field: string, n: number) => `${field}: remove line ${n}`,
  wrong: {
    needed: 'A value is needed',
    number: 'A number is needed, such as 42',
    integer: 'A whole number is needed, such as 42',
    json: 'Valid JSON is needed',
    twice: 'A name stands here twice',
    between: (min: string, max: string) => `From ${min} to ${max}`,
    least: (min: string) => `At least ${min}`,
    most: (max: string) => `At most ${max}`,
    again: (fields: string) =>
      `${fields} has changed, and with it where this secret is sent. Say it again, or remove it.`,
  },
};

export type FormMessages = typeof enForms;
