<?xml version="1.0"?>
<!-- MODS records, alone, in a collection or in what an OAI-PMH server answers: a record a line. Topics,
     places, periods and names of a subject are subjects of their own. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:m="http://www.loc.gov/mods/v3">
  <xsl:import href="json.xsl"/>
  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:template match="/">
    <xsl:for-each select="//m:mods">
      <xsl:text>{"id":</xsl:text>
      <xsl:call-template name="text">
        <xsl:with-param name="text" select="(m:recordInfo/m:recordIdentifier | m:identifier)[1]"/>
      </xsl:call-template>
      <xsl:text>,"title":</xsl:text>
      <xsl:call-template name="text">
        <xsl:with-param name="text" select="m:titleInfo[not(@type)][1]/m:title"/>
      </xsl:call-template>
      <xsl:text>,"date":</xsl:text>
      <xsl:call-template name="text">
        <xsl:with-param name="text" select="m:originInfo/m:dateIssued[1]"/>
      </xsl:call-template>
      <xsl:text>,"subjects":</xsl:text>
      <xsl:call-template name="texts">
        <xsl:with-param name="nodes" select="m:subject/m:topic | m:subject/m:geographic |
                                             m:subject/m:temporal | m:subject/m:name/m:namePart"/>
      </xsl:call-template>
      <xsl:text>,"creators":</xsl:text>
      <xsl:call-template name="texts">
        <xsl:with-param name="nodes" select="m:name/m:namePart[not(@type = 'date')]"/>
      </xsl:call-template>
      <xsl:text>,"languages":</xsl:text>
      <xsl:call-template name="texts">
        <xsl:with-param name="nodes" select="m:language/m:languageTerm"/>
      </xsl:call-template>
      <xsl:text>}&#10;</xsl:text>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
