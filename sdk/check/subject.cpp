// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "config/schema.h"

namespace parley::kit {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void read_folder(const fs::path& folder, std::map<std::string, std::string>& files) {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error))
      files[entry.path().lexically_relative(folder).string()] = read_file(entry.path());
  }
}

Result<fs::path> private_folder() {
  std::string name = (fs::temp_directory_path() / "parley-plugin-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return Status::internal(name + " cannot be made: " + std::strerror(errno));
  return fs::path(name);
}

}  // namespace

Result<std::unique_ptr<Subject>> Subject::open(const SubjectOptions& options) {
  std::error_code error;
  if (!fs::is_regular_file(options.file, error))
    return Status::not_found(options.file.string() + ": there is no such file; name the built .so");
  if (options.data_folder && !fs::is_directory(*options.data_folder, error))
    return Status::not_found(options.data_folder->string() + ": there is no such folder");
  std::unique_ptr<Subject> subject(new Subject(options));
  auto folder = private_folder();
  if (!folder) return folder.status();
  subject->folder_ = *folder;
  subject->copy_ = *folder / options.file.filename();
  fs::copy_file(options.file, subject->copy_, error);
  if (error)
    return Status::internal(options.file.string() + " cannot be copied: " + error.message());
  read_folder(fs::path(options.file).replace_extension(), subject->files_);
  if (options.data_folder) read_folder(*options.data_folder, subject->files_);
  return subject;
}

Subject::~Subject() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<std::unique_ptr<Image>> Image::open(const Subject& subject) {
  auto object = loader::SharedObject::open(subject.copy());
  if (!object) return object.status();
  auto image = std::make_unique<Image>();
  image->object_ = std::move(*object);
  image->entry_ =
      static_cast<const parley_plugin_entry*>(image->object_->symbol(PARLEY_ENTRY_SYMBOL));
  auto manifest = loader::read_manifest(image->entry_, subject.file().filename());
  if (!manifest) return manifest.status();
  image->manifest_ = std::move(*manifest);
  return image;
}

Result<std::string> settings_of(const Subject& subject, const loader::Manifest& manifest) {
  const auto checked = config::validate(manifest.config_schema, subject.config());
  if (checked.ok()) return checked.value_json;
  std::string why;
  for (const auto& problem : checked.problems) {
    const std::string place = problem.pointer.empty() ? "the settings" : problem.pointer;
    why += (why.empty() ? "" : "; ") + place + ": " + problem.message;
  }
  return Status::invalid_args(why);
}

Result<testing::HostOptions> host_options(const Subject& subject, const Image& image) {
  auto settings = settings_of(subject, image.manifest());
  if (!settings) return settings.status();
  const auto& granted =
      subject.permissions() ? *subject.permissions() : image.manifest().permissions;
  return testing::HostOptions{.config = *settings,
                              .permissions = granted,
                              .files = subject.files(),
                              .plugin = image.entry()};
}

testing::Caller caller_for(const testing::DeclaredCommand& command) {
  testing::Caller caller;
  caller.roles.insert(caller.roles.end(), {"moderator", "admin"});
  caller.roles.insert(caller.roles.end(), command.roles.begin(), command.roles.end());
  return caller;
}

}  // namespace parley::kit
