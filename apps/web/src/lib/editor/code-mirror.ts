/**
 * CodeMirror for YAML, themed by the page's tokens. A chunk of its own, loaded with the editor. It keeps no history: that
 * of the document goes over all panes.
 */
import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { enCode } from '#lib/i18n/late/en-code.ts';
import { late } from '#lib/i18n/late/late.ts';
import { spanBetween } from './model/history.ts';

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--ansi-4)' },
  { tag: tags.string, color: 'var(--fg)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--ansi-5)' },
  { tag: tags.comment, color: 'var(--fg-3)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--fg-2)' },
  { tag: [tags.labelName, tags.typeName, tags.meta], color: 'var(--ansi-2)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--fg)', backgroundColor: 'var(--surface)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', fontVariantLigatures: 'none' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '10px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--surface-2)', color: 'var(--fg-3)', borderRight: '1px solid var(--border)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--accent) 5%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--accent-soft)', color: 'var(--accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'color-mix(in srgb, var(--accent) 16%, transparent)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)', color: 'var(--mark-fg)' },
  '.cm-panels': { backgroundColor: 'var(--surface-2)', color: 'var(--fg)', borderColor: 'var(--border)' },
  '.cm-textfield': { backgroundColor: 'var(--surface)', border: '1px solid var(--border-strong)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--border-strong)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--surface)', border: '1px solid var(--border)', color: 'var(--fg)' },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--surface-2)',
    border: '1px solid var(--border)',
    color: 'var(--fg-2)',
  },
});

const reading: Extension[] = [
  lineNumbers(),
  highlightSpecialChars(),
  foldGutter(),
  drawSelection(),
  bracketMatching(),
  highlightSelectionMatches(),
  search({ top: true }),
  yaml(),
  syntaxHighlighting(highlight),
  theme,
];

const writing: Extension[] = [
  indentOnInput(),
  indentUnit.of('  '),
  closeBrackets(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  lintGutter(),
];

export interface EditorOptions {
  readonly parent: HTMLElement;
  readonly text: string;
  readonly label: string;
  readonly readOnly?: boolean;
  readonly onchange?: (text: string) => void;
  readonly onsave?: () => void;
}

export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

export interface Editor {
  text(): string;
  /** Replaces what differs, so that cursor and scroll stay where they can. */
  setText(text: string): void;
  goTo(line: number): void;
  setProblems(problems: readonly LineProblem[]): void;
  destroy(): void;
}

export function createEditor(options: EditorOptions): Editor {
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        ...reading,
        EditorState.phrases.of(late('code', enCode)),
        ...(options.readOnly ? [EditorState.readOnly.of(true)] : writing),
        EditorView.contentAttributes.of({ 'aria-label': options.label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onchange?.(update.state.doc.toString());
        }),
        keymap.of([
          {
            key: 'Mod-s',
            preventDefault: true,
            run: () => {
              options.onsave?.();
              return true;
            },
          },
          ...closeBracketsKeymap,
          ...searchKeymap,
          ...foldKeymap,
          ...defaultKeymap,
          // Tab indents; Escape and then Tab leaves the field, so that the keyboard is not caught.
          ...(options.readOnly ? [] : [indentWithTab]),
        ]),
      ],
    }),
  });
  // Measured with another font than the one that comes, the line numbers would stand beside their lines.
  void document.fonts?.ready.then(() => view.requestMeasure());
  // What scrolls has to be reachable by keyboard, also where nothing can be written.
  view.scrollDOM.tabIndex = 0;
  view.scrollDOM.setAttribute('role', 'group');
  view.scrollDOM.setAttribute('aria-label', options.label);
  const lineStart = (line: number) => view.state.doc.line(Math.min(view.state.doc.lines, Math.max(1, line)));
  return {
    text: () => view.state.doc.toString(),
    setText(text) {
      const span = spanBetween(view.state.doc.toString(), text);
      if (span === null) return;
      const { at: from, removed, added } = span;
      view.dispatch({ changes: { from, to: from + removed.length, insert: added } });
    },
    goTo(line) {
      const at = lineStart(line);
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
      view.focus();
    },
    setProblems(problems) {
      const diagnostics: Diagnostic[] = problems.map(({ line, message }) => {
        const at = lineStart(line);
        const indent = at.text.length - at.text.trimStart().length;
        return { from: Math.min(at.to, at.from + indent), to: at.to, severity: 'error', message };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    destroy: () => view.destroy(),
  };
}
