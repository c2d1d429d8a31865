/**
 * Writes the types that the client takes from packages which are not published as plain TypeScript: what a schema infers
 * becomes the shape itself, so that a program needs neither those packages nor the schema library to be type-checked.
 * Throws on anything it has no plain form for, so that a build cannot publish a wrong type.
 */
import ts from 'typescript';

/** The module that takes the place of the unpublished packages. */
export const SHAPES_MODULE = './shapes.js';

export function isUnpublished(specifier: string): boolean {
  return specifier.startsWith('@vaquita/');
}

/** The text of the module: one exported type for each name that `sources` import from an unpublished package. */
export function writeShapes(checker: ts.TypeChecker, sources: readonly ts.SourceFile[]): string {
  const symbols = importedShapes(checker, sources);
  const nameOf = new Map<ts.Type, string>();
  for (const [name, symbol] of symbols) nameOf.set(checker.getDeclaredTypeOfSymbol(symbol), name);
  const texts = [...symbols].map(([name, symbol]) => {
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    return `export type ${name} = ${createPrinter(checker, nameOf, type)(type, '')};`;
  });
  return `${texts.join('\n\n')}\n`;
}

function importedShapes(checker: ts.TypeChecker, sources: readonly ts.SourceFile[]): ReadonlyMap<string, ts.Symbol> {
  const found = new Map<string, ts.Symbol>();
  const elements = sources.flatMap((source) =>
    source.statements.flatMap((statement): readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] => {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
      const from = statement.moduleSpecifier;
      if (from === undefined || !ts.isStringLiteral(from) || !isUnpublished(from.text)) return [];
      const clause = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
      const typesOnly = ts.isImportDeclaration(statement)
        ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        : statement.isTypeOnly;
      if (!typesOnly || clause === undefined || !(ts.isNamedImports(clause) || ts.isNamedExports(clause))) {
        throw new Error(`${source.fileName}: take only named types from ${from.text}; it is not published.`);
      }
      return [...clause.elements];
    }),
  );
  for (const element of elements) {
    const alias = checker.getSymbolAtLocation(element.name);
    if (alias === undefined) throw new Error(`${element.getText()} cannot be found.`);
    found.set((element.propertyName ?? element.name).text, checker.getAliasedSymbol(alias));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

type Printer = (type: ts.Type, indent: string) => string;

const PLAIN =
  ts.TypeFlags.String |
  ts.TypeFlags.Number |
  ts.TypeFlags.Boolean |
  ts.TypeFlags.BooleanLiteral |
  ts.TypeFlags.StringLiteral |
  ts.TypeFlags.NumberLiteral |
  ts.TypeFlags.Null |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Unknown;

function createPrinter(checker: ts.TypeChecker, nameOf: ReadonlyMap<ts.Type, string>, top: ts.Type): Printer {
  const open = new Set<ts.Type>();

  function print(type: ts.Type, indent: string): string {
    const name = nameOf.get(type);
    if (name !== undefined && type !== top) return name;
    if (type.flags & PLAIN) return checker.typeToString(type);
    if (type.isUnion()) return printUnion(type, indent);
    if (checker.isArrayType(type)) return printArray(type, indent);
    if (type.isIntersection()) return type.types.map((part) => print(part, indent)).join(' & ');
    if (type.flags & ts.TypeFlags.Object) return printObject(type, indent);
    throw new Error(`No plain form is known for ${checker.typeToString(type)}.`);
  }

  function printUnion(type: ts.UnionType, indent: string): string {
    const said = type.types.filter((part) => !isAbsence(checker, part));
    const texts = said.map((part) => print(part, indent));
    const isEither = texts.includes('true') && texts.includes('false');
    const parts = isEither ? ['boolean', ...texts.filter((text) => text !== 'true' && text !== 'false')] : texts;
    const isAbsent = (text: string) => text === 'null' || text === 'undefined';
    return [...parts.filter((text) => !isAbsent(text)), ...parts.filter(isAbsent)].join(' | ');
  }

  function printArray(type: ts.Type, indent: string): string {
    const [element] = checker.getTypeArguments(type as ts.TypeReference);
    const isReadonly = type.symbol.name === 'ReadonlyArray';
    return `${isReadonly ? 'ReadonlyArray' : 'Array'}<${print(element!, indent)}>`;
  }

  function printObject(type: ts.Type, indent: string): string {
    if (type.getCallSignatures().length > 0) throw new Error(`${checker.typeToString(type)} can be called.`);
    if (open.has(type)) throw new Error(`${checker.typeToString(type)} refers to itself; give it an exported name.`);
    open.add(type);
    const inner = `${indent}  `;
    const lines = checker.getIndexInfosOfType(type).map((index) => {
      const readonly = index.isReadonly ? 'readonly ' : '';
      return `${inner}${readonly}[key: ${checker.typeToString(index.keyType)}]: ${print(index.type, inner)};`;
    });
    for (const property of type.getProperties()) lines.push(...printProperty(property, inner));
    open.delete(type);
    return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`;
  }

  function printProperty(property: ts.Symbol, indent: string): readonly string[] {
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    const type = checker.getTypeOfSymbol(property);
    const readonly = isReadonlyProperty(property) ? 'readonly ' : '';
    const text = `${indent}${readonly}${keyText(property.name)}${isOptional ? '?' : ''}: ${print(type, indent)};`;
    const comment = ts.displayPartsToString(property.getDocumentationComment(checker)).replaceAll('\n', ' ');
    return comment === '' ? [text] : [`${indent}/** ${comment} */`, text];
  }

  return print;
}

/** That an optional property may be left out is said by its `?`: only an `undefined` that may be written is part of its type. */
function isAbsence(checker: ts.TypeChecker, type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Undefined) !== 0 && type !== checker.getUndefinedType();
}

function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function isReadonlyProperty(property: ts.Symbol): boolean {
  // Properties that a mapped type made carry their flag apart from any declaration.
  const { links } = property as ts.Symbol & { readonly links?: { readonly checkFlags?: number } };
  const CHECK_FLAG_READONLY = 8;
  if ((links?.checkFlags ?? 0) & CHECK_FLAG_READONLY) return true;
  return (property.declarations ?? []).some(
    (declaration) => ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly,
  );
}
