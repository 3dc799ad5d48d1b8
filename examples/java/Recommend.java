// subjrec from Java, through sqlite-jdbc.
//
//     java -cp sqlite-jdbc.jar examples/java/Recommend.java [module [catalogue]]
//
// Debian's jar has its native half apart: add -Djava.library.path=/usr/lib/x86_64-linux-gnu/jni
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import org.sqlite.SQLiteConfig;

public class Recommend {
  public static void main(String[] args) throws SQLException {
    String module = args.length > 0 ? args[0] : "./build/release/subjrec";
    String catalogue = args.length > 1 ? args[1] : "examples/catalogue.ndjson.gz";

    SQLiteConfig config = new SQLiteConfig();
    config.enableLoadExtension(true);
    try (Connection db = config.createConnection("jdbc:sqlite::memory:")) {
      run(db, "SELECT load_extension(?)", module);
      run(db, "SELECT subjrec_import(?)", catalogue);
      run(db, "SELECT subjrec_train(?, 'work_subjects')", "rec");
      printRecommended(db, "cex557h4");
      FloatBuffer honey = embedding(db, "Honey");
      System.out.printf(
          Locale.ROOT, "Honey is %d numbers, the first %.4f%n", honey.remaining(), honey.get(0));
    }
  }

  private static void run(Connection db, String sql, String argument) throws SQLException {
    try (PreparedStatement statement = db.prepareStatement(sql)) {
      statement.setString(1, argument);
      statement.executeQuery().close();
    }
  }

  private static void printRecommended(Connection db, String workId) throws SQLException {
    String sql =
        "SELECT title, label, probability FROM works"
            + " JOIN subjrec_topk('rec', works.work_id, 5, 'new') JOIN subjects USING (subject_id)"
            + " WHERE works.work_id = ? ORDER BY rank";
    try (PreparedStatement statement = db.prepareStatement(sql)) {
      statement.setString(1, workId);
      ResultSet row = statement.executeQuery();
      for (boolean first = true; row.next(); first = false) {
        if (first) {
          System.out.println(row.getString("title"));
        }
        System.out.printf(
            Locale.ROOT, "  %.3f  %s%n", row.getDouble("probability"), row.getString("label"));
      }
    }
  }

  private static FloatBuffer embedding(Connection db, String label) throws SQLException {
    String sql =
        "SELECT embedding FROM rec_subjects JOIN subjects USING (subject_id) WHERE label = ?";
    try (PreparedStatement statement = db.prepareStatement(sql)) {
      statement.setString(1, label);
      byte[] blob = statement.executeQuery().getBytes(1);
      return ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
  }
}
