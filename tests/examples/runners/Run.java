// As run.py, with sqlite-jdbc.
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

public class Run {
  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    SQLiteConfig config = new SQLiteConfig();
    config.enableLoadExtension(true);
    try (Connection db = config.createConnection("jdbc:sqlite::memory:");
        Statement statement = db.createStatement()) {
      statement.executeQuery("SELECT load_extension('" + args[0] + "')").close();
      for (String sql : Files.readAllLines(Path.of(args[1]))) {
        ResultSet rows = statement.executeQuery(sql);
        while (rows.next()) {
          out.print(rows.getString(1) + "\n");
        }
      }
    }
  }
}
