/** Where the code begins, for the search for files, exports and dependencies that nothing uses. */
import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  ignoreExportsUsedInFile: { interface: true, type: true },
  // Style sheets name other sheets by @import and the font files of packages by url().
  compilers: {
    css: (text) =>
      Array.from(
        text.matchAll(/@import\s+["']([^"']+)["']|url\("([^"]+)"\)/g),
        (match) => `import '${match[1] ?? match[2]}';`,
      ).join('\n'),
  },
  workspaces: {
    '.': {
      // Scripts that people start by hand, and those that other scripts start as processes of their own.
      entry: [
        'tools/*.{ts,js}',
        'bench/{run,event-loop}.ts',
        'bench/skeleton/{main,worker}.ts',
        'bench/crowd/*.ts',
        'bench/*.mjs',
        'sim/{run,seeds}.ts',
      ],
      project: ['tools/**', 'e2e/**', 'bench/**', 'sim/**', '*'],
      // The example workflows read its files by path.
      ignoreDependencies: ['vega-datasets', 'axe-core'],
      // Of the system: tests of a full disk make a small file system.
      ignoreBinaries: ['mount', 'sqlite3', 'umount'],
    },
    'packages/*': { project: ['src/**'] },
    // Begins the processes and threads of listener plugins.
    'packages/runtime': { entry: ['src/node/listeners/inside/{process,thread}-main.ts'], project: ['src/**'] },
    // drizzle-kit reads the schema.
    'packages/store': { entry: ['src/schema/index.ts'], project: ['src/**'] },
    'apps/server': { project: ['src/**', 'bin/**'] },
    'apps/worker': { entry: ['src/{main,keeper-main}.ts'], project: ['src/**'] },
    'apps/web': { project: ['src/**'] },
  },
};

export default config;
