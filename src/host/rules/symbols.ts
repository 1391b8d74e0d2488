/** The outline of a rule, and its names: where they are declared, where they are used, another name for one. */
import * as vscode from 'vscode';
import { definition, references, rename, renameable } from '../../engine/language/service/references';
import { symbols, type OutlineSymbol } from '../../engine/language/service/symbols';
import { positionOf, rangeOf, ruleSelector, type RuleDocuments } from './documents';

const { SymbolKind: Kind } = vscode;
const kinds: Readonly<Record<OutlineSymbol['kind'], vscode.SymbolKind>> = {
  optimizer: Kind.Class,
  wrapper: Kind.Class,
  parameter: Kind.Property,
  state: Kind.Field,
  line: Kind.Variable,
};

export function registerRuleSymbols(documents: RuleDocuments): vscode.Disposable {
  const { languages } = vscode;
  const locations = (document: vscode.TextDocument, at: vscode.Position): vscode.Location[] =>
    references(documents.of(document), positionOf(at)).map((span) => new vscode.Location(document.uri, rangeOf(span)));
  return vscode.Disposable.from(
    languages.registerDocumentSymbolProvider(ruleSelector, {
      provideDocumentSymbols: (document) =>
        symbols(documents.of(document)).map(
          ({ name, kind, detail, at, extent }) => new vscode.DocumentSymbol(name, detail, kinds[kind], rangeOf(extent), rangeOf(at)),
        ),
    }),
    languages.registerDefinitionProvider(ruleSelector, {
      provideDefinition(document, position) {
        const found = definition(documents.of(document), positionOf(position));
        return found && new vscode.Location(document.uri, rangeOf(found));
      },
    }),
    languages.registerReferenceProvider(ruleSelector, { provideReferences: locations }),
    languages.registerDocumentHighlightProvider(ruleSelector, {
      provideDocumentHighlights: (document, position) =>
        locations(document, position).map(({ range }) => new vscode.DocumentHighlight(range)),
    }),
    languages.registerRenameProvider(ruleSelector, {
      prepareRename(document, position) {
        const place = renameable(documents.of(document), positionOf(position));
        if (typeof place === 'string') throw new Error(place);
        return rangeOf(place);
      },
      provideRenameEdits(document, position, name) {
        const places = rename(documents.of(document), positionOf(position), name);
        if (typeof places === 'string') throw new Error(places);
        const edit = new vscode.WorkspaceEdit();
        for (const place of places) edit.replace(document.uri, rangeOf(place), name);
        return edit;
      },
    }),
  );
}
