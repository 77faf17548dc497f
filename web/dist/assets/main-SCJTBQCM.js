import{a as m}from"./chunk-D4OX76YG.js";import"./chunk-ALNSIZKZ.js";import{h as o,i as e}from"./chunk-AWWH37GZ.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
