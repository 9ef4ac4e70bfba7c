// SPDX-License-Identifier: Apache-2.0
#include "net/static_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

namespace parley::net {
namespace {

namespace fs = std::filesystem;

std::string header(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

std::string unpacked(const std::string& packed) {
  z_stream stream{};
  inflateInit2(&stream, MAX_WBITS + 16);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest()
      : root_(fs::temp_directory_path() / ("parley-static-" + std::to_string(::getpid()))) {
    fs::create_directories(root_ / "page" / "assets");
    write("secret.txt", "secret");
    write("page/index.html", "<html>" + std::string(1000, ' ') + "</html>");
    write("page/assets/app.js", std::string(5000, 'j'));
    write("page/assets/dot.png", std::string(2000, 'p'));
    write("page/.env", "TOKEN=1");
    fs::create_symlink(root_ / "secret.txt", root_ / "page" / "link.txt");
  }
  ~StaticFilesTest() override { fs::remove_all(root_); }
  void write(const std::string& name, const std::string& content) {
    std::ofstream(root_ / name) << content;
  }
  std::shared_ptr<const StaticFiles> load() {
    return StaticFiles::load({.folder = (root_ / "page").string()}).value();
  }
  static HttpResponse get(const StaticFiles& files, std::string path, HttpHeaders headers = {},
                          std::string method = "GET") {
    HttpRequestHead head;
    head.method = std::move(method);
    head.path = std::move(path);
    head.headers = std::move(headers);
    return files.serve(head);
  }

  fs::path root_;
};

TEST_F(StaticFilesTest, ServesTheIndexWithTheSecurityHeaders) {
  const auto files = load();
  EXPECT_TRUE(files->built());
  const auto page = get(*files, "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(page.shared_body->starts_with("<html>"));
  EXPECT_EQ(header(page, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(header(page, "Cache-Control"), "no-cache");
  EXPECT_EQ(header(page, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(page, "Referrer-Policy"), "no-referrer");
  EXPECT_TRUE(header(page, "Content-Security-Policy")
                  .starts_with("default-src 'none'; script-src 'self';"));
  EXPECT_TRUE(header(page, "Content-Security-Policy")
                  .ends_with("require-trusted-types-for 'script'; trusted-types parley dompurify"));
}

TEST_F(StaticFilesTest, KeepsAssetsForEverAndCompressesThem) {
  const auto files = load();
  const auto script = get(*files, "/assets/app.js", {{"Accept-Encoding", "br, gzip;q=0.8"}});
  EXPECT_EQ(header(script, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header(script, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(script, "Vary"), "Accept-Encoding");
  EXPECT_EQ(unpacked(*script.shared_body), std::string(5000, 'j'));
  for (const char* refusing : {"", "identity", "gzip;q=0", "gzip;q=0.0", "xgzip"}) {
    const auto plain = get(*files, "/assets/app.js", {{"Accept-Encoding", refusing}});
    EXPECT_EQ(*plain.shared_body, std::string(5000, 'j')) << refusing;
    EXPECT_EQ(header(plain, "Content-Encoding"), "");
  }
  EXPECT_EQ(
      header(get(*files, "/assets/dot.png", {{"Accept-Encoding", "gzip"}}), "Content-Encoding"),
      "");
}

TEST_F(StaticFilesTest, SaysNotModified) {
  const auto files = load();
  const auto tag = header(get(*files, "/"), "ETag");
  EXPECT_EQ(get(*files, "/", {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(get(*files, "/", {{"If-None-Match", "\"x\", W/" + tag}}).status, 304);
  EXPECT_EQ(get(*files, "/", {{"If-None-Match", "\"x\""}}).status, 200);
  EXPECT_EQ(get(*files, "/", {{"If-None-Match", tag}, {"Accept-Encoding", "gzip"}}).status, 200)
      << "another form, another tag";
}

TEST_F(StaticFilesTest, ServesNothingElse) {
  const auto files = load();
  for (const char* path : {"/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
                           "/..%2fsecret.txt", "/link.txt", "/.env", "/assets", "/assets/",
                           "//index.html", "", "/%zz", "/index.html%00.png", "/missing.js"}) {
    EXPECT_EQ(get(*files, path).status, 404) << path;
    EXPECT_FALSE(files->has(path)) << path;
  }
  EXPECT_EQ(get(*files, "/", {}, "POST").status, 405);
  EXPECT_EQ(get(*files, "/", {}, "HEAD").status, 200);
}

TEST_F(StaticFilesTest, ExplainsAPageThatIsNotBuilt) {
  const auto files = StaticFiles::load({.folder = (root_ / "nowhere").string()}).value();
  EXPECT_FALSE(files->built());
  EXPECT_NE(get(*files, "/").shared_body->find("scripts/run"), std::string::npos);
}

TEST_F(StaticFilesTest, RefusesAFolderThatIsTooLarge) {
  const auto loaded = StaticFiles::load({.folder = (root_ / "page").string(), .max_total = 3000});
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.status().message().find("http.web_root"), std::string::npos);
}

}  // namespace
}  // namespace parley::net
