/** The Vite root of the UI. `npm run dev` here serves it with the API proxied to a running server. */
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import config from '../../svelte.config.js';

const api = process.env.VAQUITA_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [sveltekit(config)],
  build: { chunkSizeWarningLimit: 700 },
  server: { proxy: { '/api': { target: api }, '/health': { target: api }, '/ready': { target: api } } },
});
