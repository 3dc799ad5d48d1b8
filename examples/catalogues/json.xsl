<?xml version="1.0"?>
<!-- Texts as JSON, in XSLT 1.0, which has no function for it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template name="replace">
    <xsl:param name="text"/>
    <xsl:param name="what"/>
    <xsl:param name="by"/>
    <xsl:choose>
      <xsl:when test="contains($text, $what)">
        <xsl:value-of select="concat(substring-before($text, $what), $by)"/>
        <xsl:call-template name="replace">
          <xsl:with-param name="text" select="substring-after($text, $what)"/>
          <xsl:with-param name="what" select="$what"/>
          <xsl:with-param name="by" select="$by"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "text", its white space made single spaces. -->
  <xsl:template name="text">
    <xsl:param name="text"/>
    <xsl:variable name="slashes">
      <xsl:call-template name="replace">
        <xsl:with-param name="text" select="normalize-space($text)"/>
        <xsl:with-param name="what" select="'\'"/>
        <xsl:with-param name="by" select="'\\'"/>
      </xsl:call-template>
    </xsl:variable>
    <xsl:text>"</xsl:text>
    <xsl:call-template name="replace">
      <xsl:with-param name="text" select="$slashes"/>
      <xsl:with-param name="what" select="'&quot;'"/>
      <xsl:with-param name="by" select="'\&quot;'"/>
    </xsl:call-template>
    <xsl:text>"</xsl:text>
  </xsl:template>

  <!-- ["text", ...] -->
  <xsl:template name="texts">
    <xsl:param name="nodes"/>
    <xsl:text>[</xsl:text>
    <xsl:for-each select="$nodes[normalize-space()]">
      <xsl:if test="position() &gt; 1">,</xsl:if>
      <xsl:call-template name="text"><xsl:with-param name="text" select="."/></xsl:call-template>
    </xsl:for-each>
    <xsl:text>]</xsl:text>
  </xsl:template>
</xsl:stylesheet>
