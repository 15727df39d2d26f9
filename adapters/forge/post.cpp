#include "adapters/forge/post.h"

#include "model/error.h"

// The functions, not the macros that check the types of their arguments.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#include <dlfcn.h>
#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <vector>

namespace sluice::forge {

namespace {

constexpr long k_seconds = 30;

struct Request {
  std::string url;
  std::vector<std::string> headers; // with the token
  std::string user, password;       // for basic authentication
};

class Variables {
public:
  explicit Variables(const Environment& environment) : environment_(environment) {}
  std::string operator()(const char* name) const
  {
    std::string value = environment_(name);
    // A line break would start another header.
    if (value.empty() || value.find_first_of("\r\n") != std::string::npos)
      throw Error(ErrorKind::usage, fmt::format("the environment has no usable {}", name),
                  "docs/manual/gate.md lists the variables of each forge");
    return value;
  }
  std::string either(const char* name, const std::string& otherwise) const
  {
    return environment_(name).empty() ? otherwise : (*this)(name);
  }

private:
  const Environment& environment_;
};

Request github(const Variables& variable, const std::string& what)
{
  return {variable.either("GITHUB_API_URL", "https://api.github.com") + "/repos/" + variable("GITHUB_REPOSITORY") +
            what,
          {"Authorization: Bearer " + variable("GITHUB_TOKEN"), "Accept: application/vnd.github+json",
           "X-GitHub-Api-Version: 2022-11-28"},
          {},
          {}};
}

Request request_for(Forge forge, const std::string& commit, const Variables& variable)
{
  switch (forge) {
  case Forge::github_check:
    return github(variable, "/check-runs");
  case Forge::github_status:
    return github(variable, "/statuses/" + commit);
  case Forge::gitlab_status:
    return {variable("CI_API_V4_URL") + "/projects/" + variable("CI_PROJECT_ID") + "/statuses/" + commit,
            {"PRIVATE-TOKEN: " + variable("GITLAB_TOKEN")},
            {},
            {}};
  case Forge::gerrit_review: // the revision itself, never "current": that could be another by now
    return {variable("GERRIT_URL") + "/a/changes/" + variable("GERRIT_CHANGE_NUMBER") + "/revisions/" + commit +
              "/review",
            {},
            variable("GERRIT_USER"),
            variable("GERRIT_PASSWORD")};
  case Forge::harness:
    break;
  }
  throw Error(ErrorKind::usage, fmt::format("{} is not posted", to_string(forge)));
}

bool is_safe(std::string_view url)
{
  for (const std::string_view start : {"https://", "http://127.0.0.1:", "http://localhost:", "http://[::1]:"})
    if (url.starts_with(start)) return true;
  return false;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*)
{
  return size * count;
}

// libcurl brings thirty libraries along, whose loading costs more than the rest of Sluice's start. So it is loaded when
// something is posted, and only then.
class Library {
public:
  Library() : handle_(::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL))
  {
    if (!handle_)
      throw Error(ErrorKind::world, fmt::format("cannot load libcurl: {}", ::dlerror()), "install libcurl4");
  }
  template <class Function> Function* function(const char* name) const
  {
    void* const found = ::dlsym(handle_, name);
    if (!found) throw Error(ErrorKind::world, fmt::format("libcurl has no {}", name));
    return reinterpret_cast<Function*>(found);
  }

private:
  void* handle_; // never closed: the libraries it brings do not all bear it
};

struct Curl : Library {
  decltype(curl_easy_init)* easy_init = function<decltype(curl_easy_init)>("curl_easy_init");
  decltype(curl_easy_cleanup)* easy_cleanup = function<decltype(curl_easy_cleanup)>("curl_easy_cleanup");
  decltype(curl_easy_setopt)* easy_setopt = function<decltype(curl_easy_setopt)>("curl_easy_setopt");
  decltype(curl_easy_perform)* easy_perform = function<decltype(curl_easy_perform)>("curl_easy_perform");
  decltype(curl_easy_getinfo)* easy_getinfo = function<decltype(curl_easy_getinfo)>("curl_easy_getinfo");
  decltype(curl_easy_strerror)* easy_strerror = function<decltype(curl_easy_strerror)>("curl_easy_strerror");
  decltype(curl_slist_append)* slist_append = function<decltype(curl_slist_append)>("curl_slist_append");
  decltype(curl_slist_free_all)* slist_free_all = function<decltype(curl_slist_free_all)>("curl_slist_free_all");
};

class Easy {
public:
  explicit Easy(const Curl& curl) : curl_(curl), handle_(curl.easy_init(), curl.easy_cleanup)
  {
    if (!handle_) throw Error(ErrorKind::world, "libcurl cannot start");
  }
  template <class Value> void set(CURLoption option, Value value) const
  {
    if (curl_.easy_setopt(handle_.get(), option, value) != CURLE_OK)
      throw Error(ErrorKind::world, "libcurl does not know an option");
  }
  CURL* get() const { return handle_.get(); }

private:
  const Curl& curl_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle_;
};

void send(const Request& request, const std::string& payload)
{
  const Curl curl;
  const Easy easy(curl);
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, curl.slist_free_all);
  for (const std::string& header : request.headers) headers.reset(curl.slist_append(headers.release(), header.c_str()));
  headers.reset(curl.slist_append(headers.release(), "Content-Type: application/json"));
  easy.set(CURLOPT_URL, request.url.c_str());
  easy.set(CURLOPT_HTTPHEADER, headers.get());
  easy.set(CURLOPT_POSTFIELDS, payload.c_str());
  easy.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(payload.size()));
  easy.set(CURLOPT_USERAGENT, "sluice");
  easy.set(CURLOPT_TIMEOUT, k_seconds);
  easy.set(CURLOPT_FOLLOWLOCATION, 0L);
  easy.set(CURLOPT_NOSIGNAL, 1L);
  easy.set(CURLOPT_WRITEFUNCTION, &ignore);
  if (!request.user.empty()) {
    easy.set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    easy.set(CURLOPT_USERNAME, request.user.c_str());
    easy.set(CURLOPT_PASSWORD, request.password.c_str());
  }
  const CURLcode code = curl.easy_perform(easy.get());
  if (code != CURLE_OK)
    throw Error(ErrorKind::world, fmt::format("cannot post to {}: {}", request.url, curl.easy_strerror(code)),
                "check that this machine reaches it, and run again: a verdict that was not told is none");
  long status = 0;
  curl.easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299)
    throw Error(ErrorKind::world, fmt::format("{} answers {}", request.url, status),
                status == 401 || status == 403 ? "the token may not do this: give it the right to write statuses"
                                               : "check the variables that name the forge, and run again");
}

} // namespace

std::string post(Forge forge, const std::string& payload, const std::string& commit, const Environment& environment)
{
  const Request request = request_for(forge, commit, Variables(environment));
  if (!is_safe(request.url))
    throw Error(ErrorKind::usage, fmt::format("{} is not https: a token would be sent for all to read", request.url),
                "name the forge by an https:// address (only this machine itself may be http://)");
  send(request, payload);
  return request.url;
}

} // namespace sluice::forge
