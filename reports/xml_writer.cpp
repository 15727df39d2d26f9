#include "reports/xml_writer.h"

#include "model/error.h"

#include <libxml/xmlwriter.h>

namespace sluice::reports {

namespace {

struct FreeWriter {
  void operator()(xmlTextWriterPtr writer) const { xmlFreeTextWriter(writer); }
};

int append(void* out, const char* bytes, int size)
{
  static_cast<std::string*>(out)->append(bytes, static_cast<std::size_t>(size));
  return size;
}

const xmlChar* xml(const char* text)
{
  return reinterpret_cast<const xmlChar*>(text);
}

} // namespace

struct XmlWriter::Impl {
  std::unique_ptr<xmlTextWriter, FreeWriter> writer;

  static void check(bool ok)
  {
    if (!ok) throw Error(ErrorKind::world, "an XML report could not be written: out of memory");
  }
};

XmlWriter::XmlWriter(std::string& out) : impl_(std::make_unique<Impl>())
{
  xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(append, nullptr, &out, nullptr);
  Impl::check(buffer != nullptr);
  impl_->writer.reset(xmlNewTextWriter(buffer)); // takes the buffer over
  if (!impl_->writer) xmlOutputBufferClose(buffer);
  Impl::check(impl_->writer != nullptr);
  xmlTextWriterSetIndent(impl_->writer.get(), 1);
  Impl::check(xmlTextWriterStartDocument(impl_->writer.get(), nullptr, "UTF-8", nullptr) >= 0);
}

XmlWriter::~XmlWriter() = default;

void XmlWriter::open(const char* element)
{
  Impl::check(xmlTextWriterStartElement(impl_->writer.get(), xml(element)) >= 0);
}

void XmlWriter::attribute(const char* name, const std::string& clean)
{
  Impl::check(xmlTextWriterWriteAttribute(impl_->writer.get(), xml(name), xml(clean.c_str())) >= 0);
}

void XmlWriter::text(const std::string& clean)
{
  Impl::check(xmlTextWriterWriteString(impl_->writer.get(), xml(clean.c_str())) >= 0);
}

void XmlWriter::close()
{
  Impl::check(xmlTextWriterEndElement(impl_->writer.get()) >= 0);
}

void XmlWriter::finish()
{
  Impl::check(xmlTextWriterEndDocument(impl_->writer.get()) >= 0);
  Impl::check(xmlTextWriterFlush(impl_->writer.get()) >= 0);
}

} // namespace sluice::reports
