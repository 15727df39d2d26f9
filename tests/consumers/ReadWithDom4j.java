// java -cp dom4j.jar ReadWithDom4j.java FOLDER...: what dom4j, with which Jenkins reads, makes of the JUnit reports.
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dom4j.Element;
import org.dom4j.io.SAXReader;

public class ReadWithDom4j {
  static String status(Element testcase) {
    if (testcase.element("failure") != null || testcase.element("error") != null) return "failed";
    return testcase.element("skipped") != null ? "skipped" : "passed";
  }

  public static void main(String[] folders) throws Exception {
    int disagreements = 0;
    for (String folder : folders) {
      String expected = Files.readString(Path.of(folder, "expected.json"));
      for (String name : new String[] {"junit.xml", "junit-strict.xml"}) {
        List<String> seen = new ArrayList<>();
        for (Element suite : new SAXReader().read(new File(folder, name)).getRootElement().elements("testsuite"))
          for (Element testcase : suite.elements("testcase")) seen.add("\"" + status(testcase) + "\"");
        if (("[" + String.join(",", seen) + "]").equals(expected)) continue;
        ++disagreements;
        System.out.println(folder + "/" + name + ": dom4j sees " + seen);
      }
    }
    System.out.println("dom4j: " + folders.length + " folders, " + disagreements + " disagreements");
    System.exit(disagreements > 0 ? 1 : 0);
  }
}
