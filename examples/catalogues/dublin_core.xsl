<?xml version="1.0"?>
<!-- What an OAI-PMH server answers to verb=ListRecords, metadataPrefix=oai_dc: a record a line. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:oai="http://www.openarchives.org/OAI/2.0/"
                xmlns:dc="http://purl.org/dc/elements/1.1/">
  <xsl:import href="json.xsl"/>
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/">
    <xsl:for-each select="//oai:record[not(oai:header/@status = 'deleted')]">
      <xsl:text>{"id":</xsl:text>
      <xsl:call-template name="text">
        <xsl:with-param name="text" select="oai:header/oai:identifier"/>
      </xsl:call-template>
      <xsl:text>,"title":</xsl:text>
      <xsl:call-template name="text"><xsl:with-param name="text" select=".//dc:title[1]"/></xsl:call-template>
      <xsl:text>,"date":</xsl:text>
      <xsl:call-template name="text"><xsl:with-param name="text" select=".//dc:date[1]"/></xsl:call-template>
      <xsl:text>,"subjects":</xsl:text>
      <xsl:call-template name="texts"><xsl:with-param name="nodes" select=".//dc:subject"/></xsl:call-template>
      <xsl:text>,"creators":</xsl:text>
      <xsl:call-template name="texts"><xsl:with-param name="nodes" select=".//dc:creator"/></xsl:call-template>
      <xsl:text>,"languages":</xsl:text>
      <xsl:call-template name="texts"><xsl:with-param name="nodes" select=".//dc:language"/></xsl:call-template>
      <xsl:text>}&#10;</xsl:text>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
