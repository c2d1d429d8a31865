/**
 * Reads what a source file asks of the world outside it: every import specifier and every free global. Uses the
 * TypeScript parser, so comments and strings never count. Knows TypeScript, JavaScript and Svelte files; decides nothing.
 */
import ts from 'typescript';

export interface ImportUse {
  readonly line: number;
  /** Null for `import(expression)`: what it loads cannot be read from the source. */
  readonly specifier: string | null;
  readonly typesOnly: boolean;
}

export interface GlobalUse {
  readonly line: number;
  /** A name, `Object.member` for the members that matter, or `new Date()`. */
  readonly name: string;
}

export interface SourceUses {
  readonly imports: readonly ImportUse[];
  readonly globals: readonly GlobalUse[];
}

const SCRIPT = /<script\b[^>]*>([\s\S]*?)<\/script>/g;

export function readSource(path: string, text: string): SourceUses {
  if (!path.endsWith('.svelte')) return readScript(path, text, 0);
  const imports: ImportUse[] = [];
  const globals: GlobalUse[] = [];
  for (const match of text.matchAll(SCRIPT)) {
    const code = match[1] ?? '';
    const start = match.index + match[0].indexOf('>') + 1;
    const linesBefore = text.slice(0, start).split('\n').length - 1;
    const uses = readScript(`${path}.ts`, code, linesBefore);
    imports.push(...uses.imports);
    globals.push(...uses.globals);
  }
  return { imports, globals };
}

function readScript(path: string, text: string, linesBefore: number): SourceUses {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: ImportUse[] = [];
  const references: GlobalUse[] = [];
  const declared = new Set<string>();
  const lineOf = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 + linesBefore;

  const visit = (node: ts.Node): void => {
    const use = importOf(node);
    if (use) imports.push({ line: lineOf(node), ...use });
    if (isNamedDeclaration(node) && node.name && ts.isIdentifier(node.name)) declared.add(node.name.text);
    const name = referenceOf(node);
    if (name !== undefined) references.push({ line: lineOf(node), name });
    ts.forEachChild(node, visit);
  };
  visit(source);

  // A name the file declares anywhere is its own; shadowing a runtime's global on purpose is not what this looks for.
  const globals = references.filter(({ name }) => !declared.has(name.replace(/^new |[.(].*$/g, '')));
  return { imports, globals };
}

function importOf(node: ts.Node): Omit<ImportUse, 'line'> | undefined {
  if (ts.isImportDeclaration(node)) {
    const typesOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: textOf(node.moduleSpecifier), typesOnly };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { specifier: textOf(node.moduleSpecifier), typesOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node)) {
    return { specifier: ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : null, typesOnly: true };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { specifier: textOf(node.moduleReference.expression), typesOnly: node.isTypeOnly };
  }
  if (ts.isModuleDeclaration(node) && ts.isStringLiteral(node.name)) {
    return { specifier: node.name.text, typesOnly: true };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const loads =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require') ||
    (ts.isPropertyAccessExpression(callee) && callee.getText() === 'import.meta.resolve');
  return loads ? { specifier: node.arguments[0] ? textOf(node.arguments[0]) : null, typesOnly: false } : undefined;
}

function textOf(node: ts.Node): string | null {
  return ts.isStringLiteralLike(node) ? node.text : null;
}

function isNamedDeclaration(node: ts.Node): node is ts.NamedDeclaration {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isImportClause(node) ||
    ts.isImportSpecifier(node) ||
    ts.isNamespaceImport(node)
  );
}

/** The name, when this node refers to a value or a namespace, and not to a member, a label or a key of something. */
function referenceOf(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Date') {
    return node.arguments?.length ? undefined : 'new Date()';
  }
  if (ts.isPropertyAccessExpression(node)) {
    const owner = node.expression;
    if (ts.isIdentifier(owner)) return owner.text === 'globalThis' ? node.name.text : `${owner.text}.${node.name.text}`;
    return undefined;
  }
  if (!ts.isIdentifier(node)) return undefined;
  const parent = node.parent;
  const isMemberName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isQualifiedName(parent) && parent.right === node) ||
    (isKeyed(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node) ||
    (ts.isImportSpecifier(parent) && parent.propertyName === node) ||
    ts.isExportSpecifier(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isMetaProperty(parent);
  return isMemberName ? undefined : node.text;
}

function isKeyed(node: ts.Node): node is ts.NamedDeclaration {
  return (
    ts.isPropertyAssignment(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isSetAccessorDeclaration(node) ||
    ts.isNamedTupleMember(node)
  );
}
