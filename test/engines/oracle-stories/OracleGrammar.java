import java.nio.charset.StandardCharsets;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CharStream;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.Lexer;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.TokenStream;
import org.antlr.v4.runtime.atn.PredictionMode;

/** Reads statements with zero bytes between them; one line for each: nothing, or what the grammar has against it. */
public class OracleGrammar {
  private static final String autogen = "org.apache.shardingsphere.sql.parser.autogen.OracleStatement";
  private static String fault;

  public static void main(String[] none) throws Exception {
    String all = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    BaseErrorListener listener = new BaseErrorListener() {
      @Override
      public void syntaxError(Recognizer<?, ?> r, Object s, int line, int column, String message, RecognitionException e) {
        if (fault == null) fault = line + ":" + column + " " + message.replaceAll("\\s+", " ");
      }
    };
    for (String statement : all.split("\0")) {
      // The fast way of looking ahead refuses some sentences that are right.
      parse(statement, PredictionMode.SLL, listener);
      if (fault != null) parse(statement, PredictionMode.LL, listener);
      System.out.println(fault == null ? "" : fault);
    }
  }

  /** By name: the compiler would take ten seconds to read these classes, which run in one. */
  private static void parse(String statement, PredictionMode mode, BaseErrorListener listener) throws Exception {
    fault = null;
    Lexer lexer = (Lexer) Class.forName(autogen + "Lexer").getConstructor(CharStream.class)
        .newInstance(CharStreams.fromString(statement));
    lexer.removeErrorListeners();
    lexer.addErrorListener(listener);
    Parser parser = (Parser) Class.forName(autogen + "Parser").getConstructor(TokenStream.class)
        .newInstance(new CommonTokenStream(lexer));
    parser.removeErrorListeners();
    parser.addErrorListener(listener);
    parser.getInterpreter().setPredictionMode(mode);
    parser.getClass().getMethod("execute").invoke(parser);
  }
}
