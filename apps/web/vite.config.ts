/** The Vite root of the UI. `npm run dev` here serves it with the API proxied to a running server. */
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import config from '../../svelte.config.js';
import { guide } from './src/lib/guide/build/vite-guide.ts';

const api = process.env.VAQUITA_URL ?? 'http://127.0.0.1:8080';

/** What every page loads comes in one file: one request instead of thirty, and a tenth smaller. It is what the layouts import. */
const frame = { name: 'frame', test: /[\\/]\+layout\.(svelte|ts)$/ };
/** Not in it is what Kit's first script imports: that script sets the payload, and what reads it must not have begun before. */
const start = { name: 'start', test: /runtime[\\/]client[\\/]payload\.js$|vite[\\/]preload-helper/, priority: 1 };

export default defineConfig({
  plugins: [guide(), sveltekit(config)],
  build: { chunkSizeWarningLimit: 700 },
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: { groups: [frame, start] } } } } } },
  server: { proxy: { '/api': { target: api }, '/health': { target: api }, '/ready': { target: api } } },
});
