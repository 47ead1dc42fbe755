import sql from "antlr4ts-sql";

const { CaseChangingStream, CharStreams, CommonTokenStream, PlSQLGrammar, PlSqlLexer } = sql;

/** What antlr4ts-sql's grammar of PL/SQL has against it; undefined: nothing. It wants each statement ended, and a block once more. */
export function antlrFault(statement: string): string | undefined {
  const faults: string[] = [];
  const listener = {
    // Without one of ours the parser prints what is wrong and goes on as if nothing were.
    syntaxError: (_parser: unknown, _token: unknown, line: number, column: number, message: string) => {
      faults.push(`${line}:${column} ${message.slice(0, 100)}`);
    },
  };
  const ended = /^(BEGIN|DECLARE)\b/.test(statement) ? `${statement}\n/\n` : `${statement};`;
  const lexer = new PlSqlLexer(new CaseChangingStream(CharStreams.fromString(ended), true));
  lexer.removeErrorListeners();
  lexer.addErrorListener(listener);
  const parser = new PlSQLGrammar.PlSqlParser(new CommonTokenStream(lexer));
  parser.removeErrorListeners();
  parser.addErrorListener(listener);
  parser.sql_script();
  return faults[0];
}
