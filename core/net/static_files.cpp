// SPDX-License-Identifier: Apache-2.0
#include "net/static_files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <openssl/evp.h>
#include <zlib.h>

namespace parley::net {

const char kContentSecurityPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types parley dompurify";

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWorthCompressing = 256;
constexpr char kNotBuilt[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Parley</title>"
    "<p>The chat page is not built. Run <code>scripts/run</code>, which builds it, or set "
    "<code>http.web_root</code> to its folder.</p>"
    "<p lang=\"ru\">Страница чата не собрана. Запустите <code>scripts/run</code>, он её соберёт, "
    "или "
    "укажите её папку в <code>http.web_root</code>.</p></html>\n";

struct Type {
  std::string_view extension;
  std::string_view name;
  bool compress;
};

constexpr std::array kTypes{
    Type{".html", "text/html; charset=utf-8", true},
    Type{".js", "text/javascript; charset=utf-8", true},
    Type{".mjs", "text/javascript; charset=utf-8", true},
    Type{".css", "text/css; charset=utf-8", true},
    Type{".json", "application/json", true},
    Type{".map", "application/json", true},
    Type{".webmanifest", "application/manifest+json", true},
    Type{".svg", "image/svg+xml", true},
    Type{".txt", "text/plain; charset=utf-8", true},
    Type{".xml", "application/xml", true},
    Type{".png", "image/png", false},
    Type{".jpg", "image/jpeg", false},
    Type{".jpeg", "image/jpeg", false},
    Type{".gif", "image/gif", false},
    Type{".webp", "image/webp", false},
    Type{".avif", "image/avif", false},
    Type{".ico", "image/x-icon", false},
    Type{".woff2", "font/woff2", false},
    Type{".woff", "font/woff", false},
    Type{".wasm", "application/wasm", true},
};

Type type_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  const auto found = std::ranges::find(kTypes, std::string_view(extension), &Type::extension);
  return found != kTypes.end() ? *found : Type{"", "application/octet-stream", false};
}

std::string etag_of(const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string etag = "\"";
  for (int i = 0; i < 16; ++i) {
    const unsigned byte = digest[static_cast<std::size_t>(i)];
    etag += kHex[byte >> 4];
    etag += kHex[byte & 15];
  }
  return etag + "\"";
}

std::string gzip(const std::string& plain) {
  z_stream stream{};
  constexpr int kGzip = 16;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + kGzip, 9,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  std::string out(deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Calls f with each comma-separated part; true as soon as one call is.
template <typename F>
bool any_part(std::string_view list, F f) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (f(trimmed(list.substr(0, comma)))) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool takes_gzip(std::string_view accept_encoding) {
  return any_part(accept_encoding, [](std::string_view part) {
    const std::size_t semicolon = std::min(part.find(';'), part.size());
    if (trimmed(part.substr(0, semicolon)) != "gzip") return false;
    const std::string_view weight = trimmed(part.substr(std::min(semicolon + 1, part.size())));
    return weight.find_first_not_of("q=0.") != std::string_view::npos || weight.empty();
  });
}

bool matches(std::string_view if_none_match, std::string_view etag) {
  return any_part(if_none_match, [&](std::string_view part) {
    if (part.starts_with("W/")) part.remove_prefix(2);
    return part == "*" || part == etag;
  });
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void add_security_headers(HttpResponse& response) {
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

Result<std::shared_ptr<const StaticFiles>> StaticFiles::load(const Options& options) {
  auto files = std::make_shared<StaticFiles>();
  files->index_ = "/" + options.index;
  std::error_code error;
  if (!fs::is_regular_file(fs::path(options.folder) / options.index, error)) {
    File page{"text/html; charset=utf-8", etag_of(kNotBuilt), false,
              std::make_shared<const std::string>(kNotBuilt), nullptr};
    files->files_.emplace(files->index_, std::move(page));
    return std::shared_ptr<const StaticFiles>(std::move(files));
  }
  if (Status status = files->add_folder(options); !status) return status;
  files->built_ = true;
  return std::shared_ptr<const StaticFiles>(std::move(files));
}

Status StaticFiles::add_folder(const Options& options) {
  const fs::path root(options.folder);
  std::size_t total = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    // Links could lead out of the folder, and dot files are nobody's business.
    if (it->is_symlink() || it->path().filename().string().starts_with('.')) {
      it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file()) continue;
    total += it->file_size();
    if (total > options.max_total) {
      return {ErrorCode::kTooLarge,
              "The files in " + options.folder + " are larger than " +
                  std::to_string(options.max_total) +
                  " bytes together; http.web_root must name the built page only."};
    }
    add_file("/" + fs::relative(it->path(), root).generic_string(), read_file(it->path()));
  }
  if (!error) return Status::ok();
  return Status::internal("The folder " + options.folder + " cannot be read: " + error.message() +
                          ".");
}

void StaticFiles::add_file(std::string path, std::string content) {
  const Type type = type_of(path);
  File file{std::string(type.name), etag_of(content), path.starts_with("/assets/"), nullptr,
            nullptr};
  if (type.compress && content.size() >= kWorthCompressing) {
    std::string packed = gzip(content);
    if (!packed.empty() && packed.size() < content.size()) {
      file.gzip = std::make_shared<const std::string>(std::move(packed));
    }
  }
  file.plain = std::make_shared<const std::string>(std::move(content));
  files_.emplace(std::move(path), std::move(file));
}

const StaticFiles::File* StaticFiles::find(std::string_view path) const {
  const auto decoded = percent_decode(path, false);
  if (!decoded) return nullptr;
  const auto found = files_.find(*decoded == "/" ? index_ : *decoded);
  return found == files_.end() ? nullptr : &found->second;
}

bool StaticFiles::has(std::string_view path) const {
  return find(path) != nullptr;
}

HttpResponse StaticFiles::serve(const HttpRequestHead& request) const {
  HttpResponse response;
  const File* file = find(request.path);
  if (request.method != "GET" && request.method != "HEAD") {
    response =
        HttpResponse::text(405, "Files are read with GET or HEAD.\n").with("Allow", "GET, HEAD");
  } else if (!file) {
    response = HttpResponse::text(404, "There is nothing at this address.\n");
  } else {
    response = answer(*file, request);
  }
  add_security_headers(response);
  return response;
}

HttpResponse StaticFiles::answer(const File& file, const HttpRequestHead& request) const {
  HttpResponse response;
  // Each form has a tag of its own: a cache must not answer one with the other.
  const bool packed = file.gzip && takes_gzip(request.header("Accept-Encoding"));
  const std::string etag = packed ? file.etag.substr(0, file.etag.size() - 1) + "-gz\"" : file.etag;
  response.headers.emplace_back("ETag", etag);
  response.headers.emplace_back(
      "Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.gzip) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (matches(request.header("If-None-Match"), etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", file.type);
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.shared_body = packed ? file.gzip : file.plain;
  return response;
}

}  // namespace parley::net
