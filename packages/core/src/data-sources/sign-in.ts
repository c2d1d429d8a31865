/** How a request shows who asks: headers whose values name secrets, apart from the values. */
import type { HttpSourceSettings } from './kinds.ts';
import type { OpenedDataSource } from './open-data-source.ts';

export interface SignInHeader {
  readonly header: string;
  /** With `${name}` in the place of a secret. */
  readonly text: string;
}

export interface SignIn {
  readonly headers: readonly SignInHeader[];
  /** By name, and whatever else must not be seen because it gives one away. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Under these names a worker has them; no variable of an environment has a point in its name. */
export const TOKEN = 'dataSource.token';
const PASSWORD = 'dataSource.password';
const LOGIN = 'dataSource.login';

export function signInOf({ settings, secrets }: Pick<OpenedDataSource, 'settings' | 'secrets'>): SignIn {
  const { user, tokenHeader } = settings as Partial<HttpSourceSettings>;
  const { token, password } = secrets;
  const headers: SignInHeader[] = [];
  const named: Record<string, string> = {};
  if (user !== undefined) {
    const login = base64(`${user}:${password ?? ''}`);
    headers.push({ header: 'Authorization', text: `Basic \${${LOGIN}}` });
    Object.assign(named, { [LOGIN]: login }, password === undefined ? {} : { [PASSWORD]: password });
  }
  if (token !== undefined) {
    const place = `\${${TOKEN}}`;
    headers.push({
      header: tokenHeader ?? 'Authorization',
      text: tokenHeader === undefined ? `Bearer ${place}` : place,
    });
    named[TOKEN] = token;
  }
  return { headers, secrets: named };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
