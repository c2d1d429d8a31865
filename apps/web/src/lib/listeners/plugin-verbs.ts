/** What can be done with an installed plugin. */
export type PluginVerb = 'enable' | 'disable' | 'update' | 'uninstall';
