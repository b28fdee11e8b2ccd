import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Posts a file twice on one client, which offers HTTP/2 unless told otherwise: URL SECRET TYPE FILE MODE. */
public class Post {
    public static void main(String[] given) throws Exception {
        var file = Path.of(given[3]);
        var mode = given[4];
        var body = mode.equals("chunked")
            ? BodyPublishers.ofInputStream(() -> {
                try {
                    return Files.newInputStream(file);
                } catch (java.io.IOException error) {
                    throw new java.io.UncheckedIOException(error);
                }
            })
            : BodyPublishers.ofFile(file);
        var client = HttpClient.newHttpClient();
        for (int turn = 0; turn < 2; turn++) {
            var request = HttpRequest.newBuilder(URI.create(given[0]))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", given[1])
                .header("Content-Type", given[2])
                .expectContinue(mode.equals("expect"))
                .POST(body)
                .build();
            var answer = client.send(request, BodyHandlers.ofString());
            System.out.println(answer.statusCode() + " " + answer.version() + " " + answer.body());
        }
    }
}
