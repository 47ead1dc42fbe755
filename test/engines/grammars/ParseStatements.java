import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Base64;
import org.apache.shardingsphere.infra.database.core.type.DatabaseType;
import org.apache.shardingsphere.infra.spi.type.typed.TypedSPILoader;
import org.apache.shardingsphere.sql.parser.api.CacheOption;
import org.apache.shardingsphere.sql.parser.api.SQLParserEngine;

/** Reads one statement a line, in base64; writes what the grammar of `args[0]` has against it, or an empty line. */
public class ParseStatements {
    public static void main(String[] args) throws Exception {
        SQLParserEngine parser = new SQLParserEngine(
            TypedSPILoader.getService(DatabaseType.class, args[0]), new CacheOption(128, 1024L));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String fault = "";
            try {
                parser.parse(new String(Base64.getDecoder().decode(line), "UTF-8"), false);
            } catch (Exception problem) {
                fault = String.valueOf(problem.getMessage()).replaceAll("\\s+", " ");
            }
            System.out.println(fault);
        }
    }
}
