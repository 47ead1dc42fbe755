/** An open T-SQL grammar (antlr4ts-sql, MIT): whether a batch is a sentence of the language. It knows no names and no rights. */
import sql from "antlr4ts-sql";

const { CaseChangingStream, CharStreams, CommonTokenStream, TSQLGrammar, TSqlLexer } = sql;

/** What the grammar has against this batch; undefined: nothing. */
export function grammarFault(batch: string): string | undefined {
  const faults: string[] = [];
  const listener = {
    // Without one of ours the parser prints what is wrong and goes on as if nothing were.
    syntaxError: (_parser: unknown, _token: unknown, line: number, column: number, message: string) => {
      faults.push(`${line}:${column} ${message}`);
    },
  };
  const lexer = new TSqlLexer(new CaseChangingStream(CharStreams.fromString(batch), true));
  lexer.removeErrorListeners();
  lexer.addErrorListener(listener);
  const parser = new TSQLGrammar.TSqlParser(new CommonTokenStream(lexer));
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  parser.tsql_file();
  return faults[0];
}
