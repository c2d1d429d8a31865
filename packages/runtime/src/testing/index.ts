export { type LocalServer, type Seen, serve } from './local-servers.ts';
export { type KeptMail, serveMail } from './mail-server.ts';
export { selfSigned, type TestCertificate } from './self-signed.ts';
