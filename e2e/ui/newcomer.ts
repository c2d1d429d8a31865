/** Somebody other than the admin at a page: made by the admin, signed in with a password of their own. */
import type { Page } from 'playwright-core';
import type { TestServer } from '../support/server.ts';

type Role = 'viewer' | 'operator' | 'editor' | 'admin';

export async function signInAs(page: Page, server: TestServer, name: string, role: Role): Promise<void> {
  const { password } = await server.client.users.create({ name, role });
  await page.goto('/login');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('The password you have now').fill(password);
  await page.getByLabel('The new password').fill('wind over water');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}
