import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Validates the files that are named on standard input, a line each, until it ends. Writes "file TAB rule TAB message" for each
 * check that failed, with "error" for the rule where the file cannot be read, then "file TAB pass" or "file TAB fail".
 */
public class VeraCheck {
    private static final PrintStream OUT =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) throws IOException {
        java.util.logging.LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString(arguments[0]);
        BufferedReader named = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String file = named.readLine(); file != null; file = named.readLine()) {
            check(file, flavour);
        }
    }

    private static void check(String file, PDFAFlavour flavour) {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() != TestAssertion.Status.PASSED) {
                    OUT.println(file + "\t" + assertion.getRuleId().getClause() + "-"
                        + assertion.getRuleId().getTestNumber() + "\t" + assertion.getMessage().replaceAll("\\s+", " "));
                }
            }
            OUT.println(file + "\t" + (result.isCompliant() ? "pass" : "fail"));
        } catch (Exception error) {
            OUT.println(file + "\terror\t" + error.toString().replaceAll("\\s+", " "));
            OUT.println(file + "\tfail");
        }
    }
}
