import java.io.File;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates files in one Java process: a line "file TAB verdict" each, then "file TAB rule TAB message" for each failed check. */
public class VeraCheck {
    public static void main(String[] arguments) {
        java.util.logging.LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PDFAFlavour flavour = PDFAFlavour.fromString(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            check(arguments[i], flavour);
        }
    }

    private static void check(String file, PDFAFlavour flavour) {
        try (PDFAParser parser = Foundries.defaultInstance().createParser(new File(file), flavour);
             PDFAValidator validator = Foundries.defaultInstance().createValidator(flavour, false)) {
            ValidationResult result = validator.validate(parser);
            System.out.println(file + "\t" + (result.isCompliant() ? "pass" : "fail"));
            for (TestAssertion assertion : result.getTestAssertions()) {
                if (assertion.getStatus() != TestAssertion.Status.PASSED) {
                    System.out.println(file + "\t" + assertion.getRuleId().getClause() + "-"
                        + assertion.getRuleId().getTestNumber() + "\t" + assertion.getMessage().replaceAll("\\s+", " "));
                }
            }
        } catch (Exception error) {
            System.out.println(file + "\terror\t" + error);
        }
    }
}
