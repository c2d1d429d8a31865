/** English texts of the page of sign-in. */
export const enLogin = {
  title: 'Sign in',
  tagline: 'Workflows that run where your machines are',
  name: 'Name',
  password: 'Password',
  submit: 'Sign in',
  busy: 'Signing in…',
  capsLock: 'Caps Lock is on',
  wrong: 'Name or password is not right.',
  locked: (seconds: number) =>
    `Too many tries. Another one is possible in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}.`,
  ended: 'Your session has ended. Sign in to go on where you were.',
  hint: 'The first start of the server prints a generated password for “admin” on its console.',
};

export type LoginMessages = typeof enLogin;
