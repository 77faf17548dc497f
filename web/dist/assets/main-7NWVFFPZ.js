import{a as m}from"./chunk-M3ZEMU5Z.js";import"./chunk-ALNSIZKZ.js";import{h as o,i as e}from"./chunk-AWWH37GZ.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
